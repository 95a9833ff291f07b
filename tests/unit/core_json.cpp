#include "core/json.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

#include "core/limits.hpp"

namespace parley {
namespace {

std::string nested(std::size_t depth) {
  return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

/// A field of an object that is written out here; the object lives as long as this.
class Object {
 public:
  explicit Object(std::string text) : text_(std::move(text)), values_(parse_object(text_)) {}
  [[nodiscard]] const Json& operator*() const { return values_->front(); }

 private:
  std::string text_;
  std::optional<JsonValues> values_;
};

TEST(CoreJson, only_json_is_read) {
  for (const char* text :
       {"null", "true", "false", "0", "-1", "1.5e+3", "\"\"", "[]", "{}", " [ 1 , {\"a\" : 2} ] "}) {
    EXPECT_TRUE(parse(text)) << text;
  }
  for (const char* text :
       {"",        " ",        "nul",        "truefalse", "01",   "-",      "+1",  "1.",   ".5",
        "1e",      "\"",       "\"\\x\"",    "[",         "[1,]", "[1 2]",  "]",   "{",    "{}{}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",     "'a'",  "\"\t\"", "NaN", "/**/1"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(CoreJson, a_message_must_be_one_object) {
  EXPECT_TRUE(parse_object(R"({"type":"pong"})"));
  for (const char* text : {"null", "[]", "7", "\"a\"", "{}{}"}) EXPECT_FALSE(parse_object(text)) << text;
}

// As the host does, which has the same grammar: JsonLexer.
TEST(CoreJson, a_number_that_no_double_can_be_is_not_read) {
  for (const char* text : {"1.7976931348623157e308", "-1e-999", "0e999", "123456789012345678901234567890"})
    EXPECT_TRUE(parse(text)) << text;
  for (const char* text : {"1e999", "[-1E+309]", "1.7976931348623159e308"}) EXPECT_FALSE(parse(text)) << text;
}

TEST(CoreJson, the_largest_double_is_where_another_reader_has_it) {
  std::mt19937 random(7);
  const auto digits = [&](std::size_t most) {
    std::string text(1 + random() % most, '0');
    for (char& digit : text) digit = static_cast<char>('0' + random() % 10);
    return text;
  };
  int large = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string whole = random() % 2 == 0 ? digits(3) : digits(320);
    const std::string fraction = random() % 2 == 0 ? "" : "." + digits(320);
    const int exponent = 308 - static_cast<int>(whole.size()) + static_cast<int>(random() % 5) - 1;
    const std::string text = whole + fraction + "e" + std::to_string(exponent);
    const bool infinite = std::isinf(std::strtod(text.c_str(), nullptr));
    ASSERT_EQ(exceeds_double(text), infinite) << text;
    large += infinite ? 1 : 0;
  }
  EXPECT_GT(large, 2'000);
  EXPECT_LT(large, 18'000);
}

TEST(CoreJson, what_is_not_utf8_is_not_read) {
  for (const char* text : {"\"\xff\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
                           "\"\xf0\x80\x80\x80\"", "\"\x80\""}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  EXPECT_TRUE(parse("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""));
}

TEST(CoreJson, half_a_surrogate_pair_is_not_read) {
  for (const char* text : {R"("\ud83d")", R"("\ude00")", R"("\ud83d\u0041")", R"("\u12")", R"("\u12g4")"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(CoreJson, a_message_is_read_up_to_its_limit_of_bytes) {
  const std::string frame = R"({"a":""})";
  const std::string most = R"({"a":")" + std::string(limits.message_bytes - frame.size(), 'x') + R"("})";
  EXPECT_TRUE(parse_object(most));
  EXPECT_FALSE(parse_object(most + " "));
}

TEST(CoreJson, a_text_is_read_up_to_its_limit_of_nesting) {
  EXPECT_TRUE(parse(nested(limits.json_depth)));
  EXPECT_FALSE(parse(nested(limits.json_depth + 1)));
  EXPECT_FALSE(parse(nested(limits.message_bytes / 4))) << "and far beyond it the stack still holds";
}

// A host lets clients nest 64 deep, and what they say of themselves stands deeper in its roster.
TEST(CoreJson, whatever_a_host_lets_through_can_be_read_in_a_roster) {
  EXPECT_TRUE(parse_object(R"({"type":"joined","peers":[{"id":"a","meta":)" + nested(64) + "}]}"));
}

TEST(CoreJson, a_text_is_read_up_to_its_limit_of_values) {
  std::string text = "[0";
  for (std::size_t values = 2; values < limits.json_values; ++values) text += ",0";
  EXPECT_TRUE(parse(text + "]"));
  EXPECT_FALSE(parse(text + ",0]"));
}

// A peer may send 64 KiB of names, often: an object of n names must not take n² comparisons.
TEST(CoreJson, an_object_with_very_many_names_is_read_in_no_time) {
  std::string text = "{\"type\":\"pong\"";
  for (std::size_t i = 2; i < limits.json_values; ++i) text += ",\"" + std::to_string(i) + "\":0";
  text += '}';
  const auto start = std::chrono::steady_clock::now();
  const auto values = parse_object(text);
  ASSERT_TRUE(values);
  EXPECT_EQ(find_string(values->front(), "type"), "pong");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5))
      << "a quadratic reader takes minutes";
}

TEST(CoreJson, a_field_of_another_type_is_as_if_it_were_not_there) {
  const Object json(R"({"text":"a","number":7,"object":{},"true":true,"null":null})");
  EXPECT_EQ(find_string(*json, "text"), "a");
  EXPECT_EQ(find_string(*json, "number"), std::nullopt);
  EXPECT_EQ(find_string(*json, "missing"), std::nullopt);
  EXPECT_EQ(find(*json, "text", Json::Kind::object), nullptr);
  EXPECT_NE(find(*json, "object", Json::Kind::object), nullptr);
  EXPECT_NE(find(*json, "null"), nullptr);
  EXPECT_TRUE(find_true(*json, "true"));
  EXPECT_FALSE(find_true(*json, "number"));
  EXPECT_FALSE(find_true(*json, "missing"));
}

TEST(CoreJson, a_number_is_read_only_where_it_fits) {
  const Object json(
      R"({"most":65535,"over":65536,"minus":-1,"half":0.5,"power":1e3,"huge":18446744073709551616})");
  EXPECT_EQ(find_number<std::uint16_t>(*json, "most"), 65535);
  EXPECT_EQ(find_number<std::uint16_t>(*json, "over"), std::nullopt);
  EXPECT_EQ(find_number<std::uint32_t>(*json, "over"), 65536U);
  for (const char* name : {"minus", "half", "power", "huge"}) {
    EXPECT_EQ(find_number<std::uint64_t>(*json, name), std::nullopt) << name;
  }
}

TEST(CoreJson, a_name_counts_in_its_own_object_only) {
  const Object json(R"({"a":{"b":1},"b":2,"c":[{"b":3}]})");
  EXPECT_EQ(find_number<std::uint32_t>(*json, "b"), 2U);
  EXPECT_EQ(find_number<std::uint32_t>(*find(*json, "a"), "b"), 1U);
}

TEST(CoreJson, a_name_given_twice_is_as_if_it_were_not_there) {
  const Object json(R"({"a":1,"b":2,"\u0061":3})");
  EXPECT_EQ(find(*json, "a"), nullptr);
  EXPECT_EQ(find_number<std::uint32_t>(*json, "b"), 2U);
}

TEST(CoreJson, the_children_of_a_value_are_its_own_alone) {
  const auto values = parse(R"([[1,[2,3]],{"a":[4]},5])");
  ASSERT_TRUE(values);
  std::vector<std::string> texts;
  for (const Json& child : JsonChildren(values->front())) texts.emplace_back(child.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"[1,[2,3]]", R"({"a":[4]})", "5"}));
  for (const Json& child : JsonChildren(values->back())) ADD_FAILURE() << child.text << " in a number";
}

TEST(CoreJson, escapes_are_understood_in_strings_and_in_names) {
  const Object json(R"({"\u0061\n":"\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"})");
  EXPECT_EQ(find_string(*json, "a\n"), "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F600");
}

TEST(CoreJson, whatever_is_written_is_read_as_the_same) {
  std::string every;
  for (char c = 0; c < 0x7f; ++c) every += c;
  every += "\u00e9\u20ac\U0001F600";
  const Object json(JsonObject()
                        .string("text", every)
                        .string(every, "name")
                        .number("number", UINT64_MAX)
                        .boolean("yes", true)
                        .boolean("no", false)
                        .json("json", "[1]")
                        .take());
  EXPECT_EQ(find_string(*json, "text"), every);
  EXPECT_EQ(find_string(*json, every), "name");
  EXPECT_EQ(find_number<std::uint64_t>(*json, "number"), UINT64_MAX);
  EXPECT_TRUE(find_true(*json, "yes"));
  EXPECT_FALSE(find_true(*json, "no"));
  EXPECT_EQ(find(*json, "json", Json::Kind::array)->text, "[1]");
}

TEST(CoreJson, what_is_not_utf8_is_written_as_replacement_characters) {
  EXPECT_EQ(JsonObject().string("a", "x\xffy\xe2\x82").take(), "{\"a\":\"x\uFFFDy\uFFFD\uFFFD\"}");
}

TEST(CoreJson, an_object_without_members_is_written_too) {
  EXPECT_EQ(JsonObject().take(), "{}");
}

}  // namespace
}  // namespace parley
