#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace parley {
namespace {

Result<std::unique_ptr<int>, std::string> half_of(int number) {
  if (number % 2 != 0) return Failure<std::string>("odd");
  return std::make_unique<int>(number / 2);
}

Result<void, std::string> check(int number) {
  if (number < 0) return Failure<std::string>("negative");
  return {};
}

TEST(Result, holds_a_value_or_the_error_that_there_is_instead) {
  const auto half = half_of(4);
  ASSERT_TRUE(half);
  EXPECT_EQ(**half, 2);
  const auto none = half_of(3);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error(), "odd");
}

TEST(Result, leads_to_what_its_value_has_and_takes_a_sentence_for_an_error) {
  const auto name_of = [](bool known) -> Result<std::string, std::string> {
    if (!known) return Failure("nobody knows it");
    return std::string("ada");
  };
  EXPECT_EQ(name_of(true)->size(), 3U);
  EXPECT_EQ(name_of(false).error(), "nobody knows it");
}

TEST(Result, without_a_value_is_done_or_has_an_error) {
  EXPECT_TRUE(check(1));
  const auto refused = check(-1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "negative");
}

TEST(Result, holds_an_error_of_the_type_of_its_value) {
  const Result<std::string, std::string> value("all is well");
  const Result<std::string, std::string> error(Failure<std::string>("all is well"));
  EXPECT_TRUE(value);
  EXPECT_FALSE(error);
}

}  // namespace
}  // namespace parley
