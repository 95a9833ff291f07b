#include "core/random.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace parley {
namespace {

TEST(Random, the_same_seed_gives_the_same_numbers) {
  Random one(7);
  Random same(7);
  Random other(8);
  const auto first = one.next();
  EXPECT_EQ(first, same.next());
  EXPECT_NE(first, other.next());
}

// The reference sequence of SplitMix64 (Steele, Lea, Flood 2014): a trace recorded on one machine must hold
// on every other.
TEST(Random, it_is_splitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
}

TEST(Random, a_tag_is_never_zero) {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) ASSERT_NE(random.tag(), 0U);
}

TEST(Random, a_delay_is_anything_from_zero_to_its_limit) {
  Random random(1);
  std::set<Duration> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(random.up_to(Duration{3}));
  EXPECT_EQ(seen, (std::set<Duration>{Duration{0}, Duration{1}, Duration{2}, Duration{3}}));
  EXPECT_EQ(random.up_to(Duration{0}), Duration{0});
}

TEST(Random, an_incarnation_is_sixteen_hexadecimal_digits_and_another_each_time) {
  Random random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = random.hex();
    ASSERT_EQ(text.size(), 16U);
    ASSERT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos) << text;
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 1'000U);
}

}  // namespace
}  // namespace parley
