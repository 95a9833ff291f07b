#include "net/received_bytes.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace parley::net {
namespace {

TEST(NetReceivedBytes, past_the_limit_there_is_room_for_small_ones_alone) {
  ReceivedBytes all(100'000);
  ReceivedBytes::Share one(all);
  std::optional<ReceivedBytes::Share> two(all);
  ReceivedBytes::Share three(all);
  EXPECT_TRUE(one.hold(60'000));
  EXPECT_TRUE(two->hold(40'000));
  EXPECT_FALSE(three.hold(5'000));
  EXPECT_TRUE(three.hold(4'096));
  EXPECT_FALSE(two->hold(50'000));
  EXPECT_TRUE(two->hold(45'000)) << "less than before takes nothing";
  two.reset();
  EXPECT_TRUE(three.hold(35'000));
  one.release();
  EXPECT_TRUE(three.hold(100'000));
  EXPECT_FALSE(three.hold(100'001));
}

}  // namespace
}  // namespace parley::net
