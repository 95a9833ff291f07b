#include "dialects/serverpod.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "base/json_text.hpp"

namespace parley::dialects::serverpod {
namespace {

/// What is made of a signal with this payload.
hub::Command command_of(std::string_view type, std::string_view payload) {
  std::string text = R"({"type":")" + std::string(type) + R"(","payload":)";
  append_string(text, payload);
  return decode(text + '}', {}).command;
}

TEST(Serverpod, the_target_is_taken_out_of_a_payload_wherever_it_stands) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"type":"offer","sdp":"s","targetPeerId":"b"})", R"({"type":"offer","sdp":"s"})"},
      {R"({"targetPeerId":"b","type":"offer","sdp":"s"})", R"({"type":"offer","sdp":"s"})"},
      {R"({"type":"offer","targetPeerId":"b","sdp":"s"})", R"({"type":"offer","sdp":"s"})"},
      {R"({ "sdp":"s" , "\u0074argetPeerId" : "b" , "type":"offer" })", R"({ "sdp":"s"  , "type":"offer" })"},
      {R"({ "targetPeerId" : "b" , "sdp":"s" })", R"({"type":"offer",  "sdp":"s" })"},
      {R"({"targetPeerId":null,"sdp":"s"})", R"({"type":"offer","sdp":"s"})"},
      {R"({"sdp":"\"targetPeerId\":\"c\","})", R"({"type":"offer","sdp":"\"targetPeerId\":\"c\","})"},
      {"\t\r\n {\"sdp\":\"s\"} \n", R"({"type":"offer","sdp":"s"})"},
  };
  for (const auto& [payload, carried] : cases) {
    const hub::Command command = command_of("webrtc_offer", payload);
    const auto* signal = std::get_if<hub::command::Signal>(&command);
    ASSERT_NE(signal, nullptr) << payload;
    EXPECT_EQ(std::string_view(signal->payload), carried) << payload;
  }
}

TEST(Serverpod, a_candidate_may_have_blanks_around_it) {
  const hub::Command command =
      command_of("webrtc_ice_candidate", " {\"candidate\":\"c\",\"targetPeerId\":\"b\"}\n");
  const auto* signal = std::get_if<hub::command::Signal>(&command);
  ASSERT_NE(signal, nullptr);
  EXPECT_EQ(signal->to, "b");
  EXPECT_EQ(std::string_view(signal->payload), R"({"candidate":"c","sdpMLineIndex":0})");
}

TEST(Serverpod, a_payload_is_one_object_and_nothing_around_it) {
  for (const char* payload : {"", " ", "x", "{", "{}x", "x{}", "[]", "{} {}", "null"}) {
    EXPECT_TRUE(std::holds_alternative<hub::command::Refused>(command_of("webrtc_offer", payload)))
        << payload;
  }
}

}  // namespace
}  // namespace parley::dialects::serverpod
