#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/whip.hpp"

namespace parley::dialects::whip {
namespace {

using hub::command::Signal;
using hub::command::SignalKind;

constexpr std::string_view offer =
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:Zx1c\r\n";

std::vector<std::string> candidates(std::string_view fragment) {
  const auto read = read_fragment(fragment);
  if (!read) return {"malformed"};
  std::vector<std::string> texts;
  for (const hub::Message& message : read->candidates) {
    const auto& signal = std::get<Signal>(message.command);
    EXPECT_EQ(signal.kind, SignalKind::candidate);
    texts.emplace_back(signal.payload);
  }
  return texts;
}

TEST(DialectWhip, an_offer_enters_the_room_and_is_for_whoever_takes_the_stream) {
  const auto message = read_offer(offer, {.room = "12345", .peer = "12345"});
  ASSERT_TRUE(message);
  const auto& signal = std::get<Signal>(message->command);
  EXPECT_EQ(signal.kind, SignalKind::offer);
  EXPECT_EQ(signal.audience, hub::command::Audience::partner);
  EXPECT_EQ(signal.enter, "12345");
  EXPECT_TRUE(signal.payload.starts_with(R"({"type":"offer","sdp":"v=0\r\no=- 1 1)")) << signal.payload;
}

TEST(DialectWhip, what_is_not_sdp_is_no_offer) {
  for (const std::string& bad : {std::string(), std::string("v=0\r\n"), std::string("{\"type\":\"offer\"}"),
                                 std::string(offer) + "\xFF", std::string(offer) + '\0'})
    EXPECT_FALSE(read_offer(bad, {})) << bad;
}

TEST(DialectWhip, the_answer_is_its_sdp) {
  hub::event::Signal signal{.from = "gateway",
                            .kind = SignalKind::answer,
                            .payload = PooledString(R"({"type":"answer","sdp":"v=0\r\n"})")};
  EXPECT_EQ(answer_in(signal), "v=0\r\n");
  signal.payload = PooledString(R"({"sdp":"v=0\r\nm=audio 9 X 0\r\na=rtcp-mux\r\nm=video 9 X 0\r\n"})");
  EXPECT_EQ(answer_in(signal), "v=0\r\nm=audio 9 X 0\r\na=rtcp-mux\r\na=rtcp-mux-only\r\nm=video 9 X 0\r\n");
  signal.payload = PooledString(R"({"type":"answer"})");
  EXPECT_EQ(answer_in(signal), std::nullopt);
  signal.kind = SignalKind::candidate;
  EXPECT_EQ(answer_in(signal), std::nullopt);
}

TEST(DialectWhip, a_fragment_holds_the_candidates_of_its_m_sections) {
  EXPECT_EQ(
      candidates("a=ice-ufrag:Zx1c\r\na=ice-pwd:p\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                 "a=candidate:1 1 UDP 2130706431 192.0.2.1 3478 typ host\r\na=end-of-candidates\r\n"
                 "m=video 9 UDP/TLS/RTP/SAVPF 0\na=mid:1\na=candidate:2 1 UDP 1 192.0.2.2 1 typ host\n"),
      (std::vector<std::string>{
          R"({"candidate":"candidate:1 1 UDP 2130706431 192.0.2.1 3478 typ host","sdpMid":"0","usernameFragment":"Zx1c"})",
          R"({"candidate":"","sdpMid":"0","usernameFragment":"Zx1c"})",
          R"({"candidate":"candidate:2 1 UDP 1 192.0.2.2 1 typ host","sdpMid":"1","usernameFragment":"Zx1c"})"}));
  EXPECT_EQ(candidates(""), std::vector<std::string>{});
  EXPECT_EQ(candidates("a=ice-ufrag:Zx1c\r\na=end-of-candidates\r\n"),
            std::vector<std::string>{R"({"candidate":"","usernameFragment":"Zx1c"})"});
}

TEST(DialectWhip, what_is_no_fragment_is_malformed) {
  for (const char* bad : {"hello", "{}", "a=candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\n",
                          "m=audio 9 X 0\r\na=end-of-candidates\r\na=mid:0\r\n", "a=mid:\xFF"})
    EXPECT_EQ(candidates(bad), std::vector<std::string>{"malformed"}) << bad;
}

TEST(DialectWhip, another_ufrag_than_the_offers_asks_for_an_ice_restart) {
  EXPECT_TRUE(has_ufrag(offer, "Zx1c"));
  EXPECT_FALSE(has_ufrag(offer, "Zx1"));
  EXPECT_FALSE(has_ufrag(offer, ""));
}

}  // namespace
}  // namespace parley::dialects::whip
