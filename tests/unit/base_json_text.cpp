#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace parley {
namespace {

std::string written(std::string_view text) {
  std::string out = "before";
  append_string(out, text);
  return out.substr(6);
}

TEST(JsonText, a_string_is_written_as_another_parser_reads_it_wherever_its_escapes_stand) {
  std::vector<std::string> pieces{R"(\r\n)", R"(\r\)", R"(\\r\\n)", "\"\\\"", "\r\n", "\u20ac"};
  for (char c = 0; c < ' '; ++c) pieces.emplace_back(1, c);
  for (const std::string& piece : pieces) {
    for (std::size_t before = 0; before < 40; ++before) {
      for (const std::size_t after : {0U, 1U, 15U, 40U}) {
        const std::string text = std::string(before, 'x') + piece + std::string(after, 'n');
        ASSERT_EQ(nlohmann::json::parse(written(text)), text);
      }
    }
  }
}

TEST(JsonText, escapes_are_the_shortest_there_are) {
  EXPECT_EQ(written("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\u00e9"), R"("a\"b\\c/\b\f\n\r\t\u0001\u001f)"
                                                             "\x7f\u00e9\"");
}

TEST(JsonText, a_string_may_be_empty_or_longer_than_any_buffer) {
  EXPECT_EQ(written(""), "\"\"");
  for (const char c : {'x', '\\', '\x01'}) {
    const std::string text(10'000, c);
    EXPECT_EQ(nlohmann::json::parse(written(text)), text);
  }
}

}  // namespace
}  // namespace parley
