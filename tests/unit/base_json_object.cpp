#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/json_object.hpp"
#include "base/utf8.hpp"

namespace parley {
namespace {

constexpr std::array<std::string_view, 2> a_and_b{"a", "b"};

TEST(JsonObject, keeps_what_is_asked_for_and_says_what_it_is) {
  struct Case {
    std::string value;
    JsonKind kind;
  };
  const std::vector<Case> cases{
      {"null", JsonKind::null},         {"true", JsonKind::boolean},
      {"1.5", JsonKind::number},        {"-1", JsonKind::number},
      {"7", JsonKind::number},          {R"("x\n")", JsonKind::string},
      {R"([1, "]"])", JsonKind::array}, {R"({"}":"{"})", JsonKind::object},
  };
  for (const Case& c : cases) {
    const std::string text = R"({ "other" : {"a":1} , "a" : )" + c.value + " }";
    JsonObject object(a_and_b);
    ASSERT_TRUE(object.read(text)) << c.value;
    EXPECT_EQ(object[0].kind, c.kind) << c.value;
    EXPECT_EQ(object[0].raw, c.value);
    EXPECT_EQ(object[1].kind, JsonKind::absent);
  }
}

TEST(JsonObject, a_number_is_known_where_it_counts_something) {
  const std::vector<std::pair<std::string, std::optional<std::uint64_t>>> cases{
      {"0", 0U},
      {"42", 42U},
      {"18446744073709551615", 18446744073709551615U},
      {"-1", {}},
      {"1.0", {}},
      {"1e2", {}},
      {"18446744073709551616", {}},
      {"\"1\"", {}}};
  for (const auto& [value, number] : cases) {
    const std::string text = "{\"a\":" + value + "}";
    JsonObject object(a_and_b);
    ASSERT_TRUE(object.read(text)) << value;
    EXPECT_EQ(object[0].number(), number) << value;
  }
}

TEST(JsonObject, a_name_given_twice_is_noticed_however_it_is_spelled) {
  JsonObject object(a_and_b);
  ASSERT_TRUE(object.read(R"({"a":1,"b":2,"\u0061":3})"));
  EXPECT_TRUE(object[0].repeated);
  EXPECT_FALSE(object[1].repeated);
}

TEST(JsonObject, numbers_are_within_a_doubles_range) {
  const std::string digits(400, '9');
  for (const std::string& fine : {std::string("1.7976931348623157e308"), std::string("-1e-999"),
                                  std::string("0e999"), std::string("123456789012345678901234567890"),
                                  "0." + digits, "0." + digits + "e-400", digits + "e-200"}) {
    const std::string text = "{\"a\":" + fine + "}";
    JsonObject object(a_and_b);
    EXPECT_TRUE(object.read(text)) << fine;
  }
  for (const std::string& large :
       {std::string("1.7976931348623159e308"), std::string("-1E+309"), digits, digits + ".5"}) {
    const std::string text = "{\"a\":" + large + "}";
    JsonObject object(a_and_b);
    EXPECT_FALSE(object.read(text)) << large;
  }
}

TEST(JsonObject, it_may_be_nested_as_deep_as_it_says_and_no_deeper) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair(R"({"x":)", "}")}) {
    for (const std::size_t depth : {JsonObject::max_depth, JsonObject::max_depth + 1, std::size_t{100'000}}) {
      std::string text = R"({"a":)";
      for (std::size_t i = 1; i < depth; ++i) text += open;
      text += '0';
      for (std::size_t i = 1; i < depth; ++i) text += close;
      text += '}';
      JsonObject object(a_and_b);
      EXPECT_EQ(object.read(text), depth == JsonObject::max_depth) << open << depth;
    }
  }
}

/// A JSON text with all that makes it hard to find where a value ends.
std::string any_value(std::mt19937& random, int levels) {
  static const std::vector<std::string> scalars{"0",       "-1.5e3",    "true",      "null",
                                                "\"\"",    R"("\"")",   R"("\\")",   R"("\\\"}")",
                                                R"("{[")", R"("],:,")", "\"\u00e9\""};
  static const std::vector<std::string> spaces{"", " ", "\r\n\t "};
  const auto space = [&] { return spaces[random() % spaces.size()]; };
  if (levels == 0 || random() % 3 == 0) return scalars[random() % scalars.size()];
  const bool object = random() % 2 == 0;
  std::string text(1, object ? '{' : '[');
  const std::size_t members = random() % 4;
  for (std::size_t i = 0; i < members; ++i) {
    text += (i == 0 ? "" : ",") + space();
    if (object) text += scalars[4 + random() % (scalars.size() - 4)] + space() + ':' + space();
    text += any_value(random, levels - 1) + space();
  }
  return text + (object ? '}' : ']');
}

TEST(JsonObject, finds_each_value_of_any_object_just_as_it_was_written) {
  constexpr std::array<std::string_view, 5> keys{"k1", "k2", "key: \"{ \\", "", "k\xc3\xa9"};
  constexpr std::array<std::string_view, 5> spelled{"k1", "k\\u0032", R"(key: \"{ \\)", "", "k\\u00E9"};
  std::mt19937 random(1);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::string> values;
    std::string text = "{";
    for (std::size_t i = random() % 6; i > 0; --i) {
      text += values.empty() ? " \"" : " , \"";
      text += spelled.at(values.size());
      values.push_back(any_value(random, 3));
      text += "\" :" + std::string(random() % 2, '\t') + values.back();
    }
    text += round % 2 == 0 ? "\n}" : "}";
    ASSERT_TRUE(nlohmann::json::accept(text)) << text;
    JsonObject object(keys);
    ASSERT_TRUE(object.read(text)) << text;
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(object[i].raw, values[i]) << text;
  }
}

/// What another parser makes of {"a":"…"}: nothing where the text between the quotes is not well-formed.
std::optional<std::string> reference(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("a")) return std::nullopt;
  return json["a"].get<std::string>();
}

TEST(JsonObject, an_escape_means_the_same_to_another_parser_wherever_it_stands) {
  const std::vector<std::string> escapes{
      R"(\r\n)", R"(\n)", R"(\\)", R"(\\n)", R"(\\\\)", R"(\\\")", R"(\")", R"(\/\b\f\t)", R"(\u0041)",
      R"(\u00e9)", R"(\u20AC)", R"(\u0000)", R"(\ud83e\udda6)", R"(\uD800\uDFFF)", R"(\\r\\n)",
      R"(\\r\\na=\\r\\n\\r\\n)", R"(\\r\n)", R"(\\\r\n)", R"(\\\\r\\\\n)", R"(\\\"x\\)",
      // not well-formed
      R"(\)", R"(\q)", R"(\N)", R"(\0)", R"(\\\q)", R"(\\r\\\q)", R"(\u)", R"(\u004)", R"(\u00g1)",
      R"(\u-041)", R"(\u 041)", R"(\ud83e)", R"(\ud83ex)", R"(\ud83e\n)", R"(\ud83e\u0041)",
      R"(\ud83e\ud83e)", R"(\udda6)", R"(\ud83e\udda)", "\\\n", "\n", "\x1f", std::string(1, '\0'), "\""};
  for (const std::string& escape : escapes) {
    for (std::size_t before = 0; before < 70; ++before) {
      for (const std::size_t after : {0U, 1U, 15U, 40U}) {
        for (const char filler : {'x', 'n', '\x7f'}) {
          const std::string text =
              R"({"a":")" + std::string(before, filler) + escape + std::string(after, filler) + "\"}";
          JsonObject object(a_and_b);
          const std::optional<std::string> expected = reference(text);
          ASSERT_EQ(object.read(text), expected.has_value()) << text;
          if (expected) {
            ASSERT_EQ(object[0].text(), *expected) << text;
          }
        }
      }
    }
  }
}

TEST(JsonObject, any_two_escapes_side_by_side_mean_the_same_to_another_parser) {
  constexpr std::string_view alphabet = "\\\\\\\\rnu\"q0";
  std::mt19937 random(2);
  for (int round = 0; round < 100'000; ++round) {
    std::string text = R"({"a":")" + std::string(random() % 40, 'x');
    for (std::size_t i = random() % 12; i > 0; --i) text += alphabet[random() % alphabet.size()];
    text += std::string(random() % 40, 'r') + "\"}";
    JsonObject object(a_and_b);
    const std::optional<std::string> expected = reference(text);
    ASSERT_EQ(object.read(text), expected.has_value()) << text;
    if (expected) {
      ASSERT_EQ(object[0].text(), *expected) << text;
    }
  }
}

TEST(JsonObject, refuses_and_takes_what_another_parser_does) {
  constexpr std::string_view alphabet = "{}[]:,\"\"\\\\ \t\r\n0123456789-+.eEtrufalsnbx/";
  const std::string offer =
      R"({"type":"signal","seq":10,"to":"bob","description":{"type":"offer","sdp":"v=0\r\no=- 46 2 IN IP4 127.0.0.1\r\ns=\u00e9\r\n"},)"
      R"("link":{"connection":12345,"x":[true,false,null,-0.5e+3,{}],"slots":{"0":"micro\\phone","1":"\ud83e\udda6"}}})";
  std::mt19937 random(3);
  int taken = 0;
  constexpr int rounds = 100'000;
  for (int round = 0; round < rounds; ++round) {
    std::string text = random() % 2 == 0 ? offer : R"({"v":)" + any_value(random, 4) + "}";
    for (std::size_t i = 1 + random() % 3; i > 0; --i) {
      const std::size_t at = random() % text.size();
      const char other = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0:
          text.erase(at, 1 + random() % 3);
          break;
        case 1:
          text.insert(at, 1, other);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 8));
          break;
        default:
          text[at] = other;
      }
      if (text.empty()) text = "{";
    }
    JsonObject object(a_and_b);
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    ASSERT_EQ(is_utf8(text) && object.read(text), json.is_object()) << text;
    taken += json.is_object() ? 1 : 0;
  }
  EXPECT_GT(taken, rounds / 20);
  EXPECT_LT(taken, rounds - rounds / 20);
}

}  // namespace
}  // namespace parley
