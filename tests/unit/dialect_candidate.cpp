#include "dialects/candidate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "dialects/fastapi.hpp"
#include "dialects/serverpod.hpp"

namespace parley::dialects {
namespace {

TEST(Candidate, one_that_names_no_m_line_is_for_the_first) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"candidate":"c"})", R"({"candidate":"c","sdpMLineIndex":0})"},
      {R"({"candidate":"c","sdpMid":null})", R"({"candidate":"c","sdpMid":null,"sdpMLineIndex":0})"},
      {R"({"sdpMLineIndex":null,"sdpMid":null,"candidate":"c"})",
       R"({"sdpMLineIndex":0,"sdpMid":null,"candidate":"c"})"}};
  for (const auto& [said, carried] : cases) EXPECT_EQ(std::string(on_a_line(said)), carried);
}

TEST(Candidate, everything_else_is_carried_as_it_is) {
  for (const char* said : {R"({"candidate":"c","sdpMid":"0"})", R"({"candidate":"c","sdpMLineIndex":1})",
                           R"({"candidate":""})", R"({"candidate":null})", "{}"}) {
    EXPECT_EQ(std::string(on_a_line(said)), said);
  }
}

std::string carried(const hub::Message& message) {
  const auto* signal = std::get_if<hub::command::Signal>(&message.command);
  return signal == nullptr ? "no signal" : std::string(signal->payload);
}

TEST(Candidate, the_text_alone_that_a_document_has_reaches_others_with_an_m_line) {
  EXPECT_EQ(carried(fastapi::decode(R"({"type":"ice_candidate","candidate":"c"})", {})),
            R"({"candidate":"c","sdpMLineIndex":0})");
  EXPECT_EQ(
      carried(serverpod::decode(
          R"({"type":"webrtc_ice_candidate","payload":"{\"candidate\":\"c\",\"targetPeerId\":\"b\"}"})", {})),
      R"({"candidate":"c","sdpMLineIndex":0})");
}

}  // namespace
}  // namespace parley::dialects
