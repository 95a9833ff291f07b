#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "dialects/json_object.hpp"
#include "dialects/raw_members.hpp"
#include "hub/spares.hpp"

namespace parley::dialects {
namespace {

constexpr std::array<std::string_view, 2> names{"a", "b"};

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
    JsonObject object(names);
    ASSERT_TRUE(object.read(text)) << c.value;
    EXPECT_EQ(object[0].kind, c.kind) << c.value;
    EXPECT_EQ(object[0].raw, c.value);
    EXPECT_EQ(object[1].kind, JsonKind::absent);
  }
}

TEST(JsonObject, a_number_is_known_where_it_counts_something) {
  const std::vector<std::pair<std::string, std::optional<std::uint64_t>>> cases{
      {"0", 0U},  {"42", 42U}, {"18446744073709551615", 18446744073709551615U},
      {"-1", {}}, {"1.0", {}}, {"1e2", {}}};
  for (const auto& [value, number] : cases) {
    JsonObject object(names);
    ASSERT_TRUE(object.read("{\"a\":" + value + "}")) << value;
    EXPECT_EQ(object[0].number, number) << value;
  }
}

TEST(JsonObject, a_name_given_twice_is_noticed_however_it_is_spelled) {
  JsonObject object(names);
  ASSERT_TRUE(object.read(R"({"a":1,"b":2,"\u0061":3})"));
  EXPECT_TRUE(object[0].repeated);
  EXPECT_FALSE(object[1].repeated);
}

TEST(JsonObject, a_large_object_after_a_small_one_and_a_small_one_after_a_large_one_are_read) {
  for (const std::size_t size : {10U, 60'000U, 10U, 300'000U, 10U}) {
    const std::string value(size, 'x');
    JsonObject object(names);
    ASSERT_TRUE(object.read("{\"a\":\"" + value + "\"}")) << size;
    EXPECT_EQ(object[0].text, value);
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

TEST(RawMembers, finds_each_value_of_any_object_just_as_it_was_written) {
  std::mt19937 random(1);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::string> values;
    std::string text = "{";
    for (std::size_t i = random() % 5; i > 0; --i) {
      values.push_back(any_value(random, 3));
      text += values.size() == 1 ? " " : " , ";
      text += R"("key: \"{ \\" :)" + std::string(random() % 2, '\t') + values.back();
    }
    text += round % 2 == 0 ? "\n}" : "}";
    ASSERT_TRUE(nlohmann::json::accept(text)) << text;
    RawMembers members(text);
    for (const std::string& value : values) ASSERT_EQ(members.next_value(), value) << text;
  }
}

TEST(Spares, what_is_given_back_is_taken_again_and_no_two_have_the_same) {
  hub::Spares<int, 2> spares;
  auto one = spares.take();
  auto other = spares.take();
  EXPECT_NE(one, other);
  *one = 7;
  spares.give_back(std::move(one));
  EXPECT_EQ(*spares.take(), 7);
}

TEST(Spares, threads_never_share_one) {
  hub::Spares<std::atomic<int>, 4> spares;
  std::atomic<int> shared = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20'000; ++round) {
          auto mine = spares.take();
          if (mine->fetch_add(1) != 0) ++shared;
          mine->fetch_sub(1);
          spares.give_back(std::move(mine));
        }
      });
    }
  }
  EXPECT_EQ(shared, 0);
}

}  // namespace
}  // namespace parley::dialects
