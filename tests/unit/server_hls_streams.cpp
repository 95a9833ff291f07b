#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "server/hls_streams.hpp"

namespace parley::server {
namespace {

TEST(ServerHlsStreams, each_room_has_one_and_no_number_comes_twice) {
  HlsStreams streams;
  EXPECT_EQ(streams.add("12345", "::1"), 1U);
  EXPECT_EQ(streams.add("12345", "::1"), std::nullopt);
  EXPECT_EQ(streams.add("67890", "::1"), 2U);
  EXPECT_EQ(streams.in_room("67890"), 2U);
  EXPECT_EQ(streams.remove(1)->room, "12345");
  EXPECT_EQ(streams.remove(1), std::nullopt);
  EXPECT_EQ(streams.in_room("12345"), std::nullopt);
  EXPECT_EQ(streams.find(1), nullptr);
  EXPECT_EQ(streams.add("12345", "::1"), 3U);
  EXPECT_EQ(streams.numbers(), (std::vector<hls::pipe::Stream>{2, 3}));
}

}  // namespace
}  // namespace parley::server
