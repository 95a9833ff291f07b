#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/random.hpp"
#include "core_session_test.hpp"

namespace parley {
namespace {

/// Everything in an output that is text or a number, so that two can be compared.
struct Transcript {
  std::string text;

  void add(const Output& output) {
    text += std::to_string(output.index());
    std::visit([this](const auto& kind) { fields(kind); }, output);
    text += '\n';
  }

 private:
  template <class Kind>
  void fields(const Kind& kind) {
    if constexpr (requires { kind.socket; }) field(std::to_string(kind.socket));
    if constexpr (requires { kind.connection; }) field(std::to_string(kind.connection));
    if constexpr (requires { kind.text; }) field(kind.text);
    if constexpr (requires { kind.reason.code; }) field(kind.reason.code);
    if constexpr (requires { kind.candidate; }) field(kind.candidate.candidate);
    if constexpr (requires { kind.description; }) field(kind.description.sdp);
    if constexpr (requires { kind.peer.size(); }) field(kind.peer);
  }

  void field(const std::string& value) { text += ' ' + value; }
};

/// Drives one session with inputs drawn from a seed: some sensible, some garbage, all of them such as a host,
/// a peer or a browser could send at any moment.
class Storm {
 public:
  Storm(std::uint64_t config_seed, std::uint64_t input_seed)
      : session_(config(config_seed)), random_(input_seed) {}

  std::string run(int inputs) {
    handle(input::Join{});
    for (int i = 0; i < inputs; ++i) {
      now_ += Duration{static_cast<Duration::rep>(pick(50))};
      if (session_.next_timeout() && *session_.next_timeout() <= now_) handle(input::Timeout{});
      handle(next());
    }
    return transcript_.text;
  }

  [[nodiscard]] const Session& session() const { return session_; }
  [[nodiscard]] Instant now() const { return now_; }
  void handle(const Input& input) {
    session_.handle(input, now_);
    while (const auto output = session_.poll()) {
      transcript_.add(*output);
      if (const auto* open = std::get_if<output::OpenSocket>(&*output)) socket_ = open->socket;
      if (const auto* create = std::get_if<output::CreatePeer>(&*output)) newest_ = create->connection;
    }
  }

 private:
  static Config config(std::uint64_t seed) {
    Config config = room();
    config.seed = seed;
    config.slots = {{.name = "camera", .kind = MediaKind::video}};
    return config;
  }

  std::size_t pick(std::size_t count) { return random_.next() % count; }

  template <class... Choices>
  std::string one_of(Choices... choices) {
    const std::vector<std::string> all{choices...};
    return all[pick(all.size())];
  }

  std::string id() { return one_of("a", "b", "z"); }
  ConnectionId connection() {
    return newest_ - std::min<ConnectionId>(newest_, static_cast<ConnectionId>(pick(4)));
  }

  Input next() {
    switch (pick(12)) {
      case 0:
        return input::SocketOpened{.socket = socket_};
      case 1:
        return input::SocketMessage{.socket = socket_, .text = from_host()};
      case 2:
        return input::SocketMessage{.socket = socket_, .text = signal()};
      case 3:
        return input::LocalDescription{.connection = connection(), .description = description(), .slots = {}};
      case 4:
        return input::RemoteDescriptionApplied{.connection = connection()};
      case 5:
        return input::ConnectionStateChanged{.connection = connection(),
                                             .state = static_cast<PeerConnectionState>(pick(6))};
      case 6:
        return input::ChannelMessage{.connection = connection(), .text = from_channel()};
      case 7:
        return input::LocalCandidate{.connection = connection(), .candidate = {}};
      default:
        return rare();
    }
  }

  Input rare() {
    switch (pick(14)) {
      case 0:
        return input::SocketClosed{.socket = socket_, .code = pick(2) == 0 ? 1006 : 1001, .reason = ""};
      case 1:
        return input::RemoteDescriptionFailed{.connection = connection(), .error = "x"};
      case 2:
        return input::LocalDescriptionFailed{.connection = connection(), .error = "x"};
      case 3:
        return input::NetworkChanged{};
      case 4:
        return input::Retry{};
      case 5:
        return input::SendMessage{.to = id(), .topic = "t", .text = "hello"};
      case 6:
        return input::OpenSlot{.slot = {.name = one_of("screen", "microphone"), .kind = MediaKind::audio}};
      case 7:
        return input::ChannelClosed{.connection = connection()};
      case 8:
        return input::Leave{};
      case 9:
        return input::ChannelOpened{.connection = connection()};
      case 10:
        return input::TrackAdded{
            .connection = connection(), .mid = one_of("0", "7"), .kind = MediaKind::video};
      case 11:
        return input::NegotiationNeeded{.connection = connection()};
      default:
        return input::Join{};
    }
  }

  Description description() {
    return {.type = pick(2) == 0 ? SdpType::offer : SdpType::answer,
            .sdp = "a=ice-ufrag:" + one_of("u", "v") + "\n"};
  }

  std::string number() {
    return one_of("0", "1", "2", "3", "-1", "18446744073709551615", "1e9", "\"1\"", "null");
  }

  std::string from_host() {
    const std::string member = R"({"id":")" + id() + R"(","incarnation":")" + one_of("i", "j") +
                               R"(","away":)" + one_of("true", "false", "7") + "}";
    const std::string numbers = R"(,"seq":)" + number() + R"(,"ack":)" + number() + "}";
    return one_of(
        R"({"type":"joined","room":"r","self":")" + one_of("m", "n") + R"(","session":"s","resumed":)" +
            one_of("true", "false") + R"(,"peers":[)" + member + "]" + numbers,
        R"({"type":"peer-joined","peer":)" + member + numbers,
        R"({"type":"peer-updated","peer":)" + member + numbers,
        R"({"type":"peer-left","id":")" + id() + R"(","reason":")" + one_of("left", "timeout", "replaced") +
            "\"" + numbers,
        R"({"type":"peer-away","id":")" + id() + "\"" + numbers,
        R"({"type":"peer-back","id":")" + id() + "\"" + numbers,
        R"({"type":"error","code":")" + one_of("room-full", "too-fast", "peer-taken") + "\"" + numbers,
        R"({"type":"pong")" + numbers, one_of("", "{", "[]", "{\"type\":7}", "\xff", "{\"type\":\"\"}"));
  }

  std::string signal() {
    const std::string body =
        one_of(R"("description":{"type":")" + one_of("offer", "answer", "rollback") +
                   R"(","sdp":"a=ice-ufrag:u\n"})",
               R"("candidate":{"candidate":"c","usernameFragment":")" + one_of("u", "v") + "\"}",
               R"("candidate":null)");
    return R"({"type":"signal","from":")" + id() + "\"," + body + R"(,"link":{"connection":)" + number() +
           R"(,"negotiation":)" + number() + R"(,"slots":{"0":"camera","1":7}}})";
  }

  std::string from_channel() {
    return one_of(R"({"type":"hello","stream":)" + number() + R"(,"first":)" + number() + "}",
                  R"({"type":"message","seq":)" + number() + R"(,"topic":"t","text":"x"})",
                  R"({"type":"ack","received":)" + number() + "}",
                  R"({"type":"presence","presence":{"camera":true}})", "{", "");
  }

  Session session_;
  Random random_;
  Transcript transcript_;
  Instant now_{};
  SocketId socket_ = 0;
  ConnectionId newest_ = 0;
};

TEST(SessionDeterminism, the_same_seed_and_inputs_give_the_same_outputs) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string once = Storm(1, seed).run(1'000);
    EXPECT_EQ(once, Storm(1, seed).run(1'000));
    EXPECT_GT(once.size(), 1'000U);
  }
}

TEST(SessionDeterminism, another_seed_gives_other_names_and_delays) {
  EXPECT_NE(Storm(1, 1).run(100), Storm(2, 1).run(100));
}

TEST(SessionDeterminism, looking_at_a_session_does_not_change_it) {
  Storm watched(1, 3);
  Storm alone(1, 3);
  std::string seen;
  for (int i = 0; i < 100; ++i) {
    (void)watched.session().snapshot();
    (void)watched.session().next_timeout();
    seen = watched.run(10);
  }
  for (int i = 0; i < 100; ++i) (void)alone.run(10);
  EXPECT_EQ(seen, alone.run(0).substr(0, seen.size()));
}

TEST(SessionDeterminism, no_storm_of_inputs_stops_it_from_leaving_cleanly) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Storm storm(1, seed);
    (void)storm.run(1'000);
    storm.handle(input::Leave{});
    EXPECT_TRUE(storm.session().snapshot().peers.empty()) << "seed " << seed;
    EXPECT_FALSE(storm.session().next_timeout()) << "seed " << seed;
  }
}

// A wake-up that is due again as soon as it was handled would spin a browser's event loop for ever.
TEST(SessionDeterminism, no_storm_of_inputs_leaves_a_timeout_that_stays_in_the_past) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Storm storm(1, seed);
    (void)storm.run(500);
    int wakes = 0;
    while (storm.session().next_timeout() && *storm.session().next_timeout() <= storm.now() && wakes < 10) {
      storm.handle(input::Timeout{});
      ++wakes;
    }
    EXPECT_LT(wakes, 10) << "seed " << seed;
  }
}

}  // namespace
}  // namespace parley
