#include "media/hls_homes.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace parley::media {
namespace {

using Numbers = std::vector<std::string>;

TEST(MediaHlsHomes, a_number_is_in_one_worker_until_that_has_nothing_left_of_it) {
  HlsHomes homes;
  EXPECT_EQ(homes.of("12345"), std::nullopt);
  homes.settle("12345", 2);
  EXPECT_EQ(homes.of("12345"), 2U);
  homes.release("12345", 1);
  EXPECT_EQ(homes.of("12345"), 2U) << "that is not its to say";
  EXPECT_EQ(homes.count(2), 1U);
  homes.release("12345", 2);
  EXPECT_EQ(homes.of("12345"), std::nullopt);
  EXPECT_FALSE(homes.is_left("12345"));
  EXPECT_EQ(homes.count(2), 0U);
}

TEST(MediaHlsHomes, what_a_worker_had_that_is_gone_is_left_to_whoever_takes_it_up) {
  HlsHomes homes;
  homes.settle("11111", 0);
  homes.settle("22222", 1);
  homes.settle("33333", 0);
  homes.leave("44444");
  homes.lose(0);
  EXPECT_EQ(homes.left(), (Numbers{"11111", "33333", "44444"}));
  EXPECT_TRUE(homes.is_left("33333"));
  EXPECT_FALSE(homes.is_left("22222"));
  homes.settle("33333", 1);
  EXPECT_EQ(homes.left(), (Numbers{"11111", "44444"}));
  EXPECT_EQ(homes.count(1), 2U);
}

}  // namespace
}  // namespace parley::media
