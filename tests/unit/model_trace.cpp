#include <gtest/gtest.h>

#include "core/overloaded.hpp"
#include "trace.hpp"

namespace parley::simulation {
namespace {

/// Read and written again.
std::string again(const std::string& line) {
  const auto read = trace::read(line);
  if (!read) return "unreadable";
  return std::visit(overloaded{
                        [](const Config& config) { return trace::write(config); },
                        [](const trace::InputAt& input) { return trace::write(input.input, input.at); },
                        [](const trace::OutputSeen&) { return std::string("an output"); },
                    },
                    *read);
}

TEST(ModelTrace, a_configuration_is_read_as_it_was_written) {
  Config config{.url = "ws://host/ws",
                .room = "blue-otter",
                .name = "Ada",
                .peer = "ada",
                .token = {},
                .slots = {},
                .ice_servers = {}};
  config.slots.push_back({.name = "camera", .kind = MediaKind::video});
  config.ice_servers.push_back({.urls = {"stun:host"}, .username = "u", .credential = "c"});
  config.seed = ~std::uint64_t{};
  EXPECT_EQ(again(trace::write(config)), trace::write(config));
}

TEST(ModelTrace, every_input_is_read_as_it_was_written) {
  const std::vector<Input> inputs{
      input::Join{},
      input::Update{.name = "Bob", .meta = {}},
      input::SendMessage{.to = "ada", .topic = "chat", .text = "\"quoted\"\n"},
      input::SocketClosed{.socket = 3, .code = 1006, .reason = "gone"},
      input::LocalDescription{.connection = 2,
                              .description = {.type = SdpType::answer, .sdp = "v=0\r\n"},
                              .slots = {{"0", "camera"}}},
      input::LocalCandidate{
          .connection = 2,
          .candidate = {.candidate = "c", .sdp_mid = "0", .sdp_m_line_index = 0, .username_fragment = {}}},
      input::ConnectionStateChanged{.connection = 2, .state = PeerConnectionState::failed},
  };
  for (const Input& input : inputs) {
    const std::string line = trace::write(input, Instant(Duration(42)));
    EXPECT_EQ(again(line), line);
  }
}

TEST(ModelTrace, an_output_is_passed_over_when_a_trace_is_read) {
  EXPECT_EQ(again(trace::write(output::ClosePeer{.connection = 1})), "an output");
}

TEST(ModelTrace, what_is_no_line_of_a_trace_is_not_read) {
  for (const char* line : {"", "{}", "[]", "nonsense", R"({"at":1,"input":"Nothing","with":{}})"})
    EXPECT_EQ(again(line), "unreadable") << line;
}

}  // namespace
}  // namespace parley::simulation
