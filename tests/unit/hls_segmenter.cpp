#include "hls/segmenter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace parley::hls {
namespace {

using namespace std::chrono_literals;

/// The head of a packet of the table of programs, and of one of a track.
constexpr std::string_view table{"\x47\x40\x00T", 4};
constexpr std::string_view frame{
    "\x47\x40\x41"
    "f",
    4};

TEST(HlsSegmenter, each_segment_begins_with_a_key_frame) {
  Segmenter segmenter(1s, 2s);
  EXPECT_FALSE(segmenter.take(table, 0s, true));
  EXPECT_FALSE(segmenter.take(frame, 0s, false));
  EXPECT_FALSE(segmenter.take(frame, 1'100ms, false));
  const auto first = segmenter.take(table, 1'200ms, true);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bytes, std::string(table) + std::string(frame) + std::string(frame));
  EXPECT_EQ(first->begins, 0s);
  EXPECT_EQ(first->duration, 1'200ms);
  EXPECT_FALSE(segmenter.take(frame, 1'233ms, false));
  const auto rest = segmenter.rest();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->begins, 1'200ms);
  EXPECT_EQ(rest->duration, 66ms)
      << "up to the end of the last frame, which is shown as long as the one before";
  EXPECT_FALSE(segmenter.rest());
}

TEST(HlsSegmenter, nothing_comes_before_the_first_key_frame) {
  Segmenter segmenter(1s, 2s);
  EXPECT_FALSE(segmenter.take(frame, 0s, false));
  EXPECT_FALSE(segmenter.take(table, 500ms, true));
  const auto rest = segmenter.rest();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->bytes, table);
  EXPECT_EQ(rest->begins, 500ms);
}

TEST(HlsSegmenter, key_frames_that_nobody_asked_for_make_no_tiny_segments) {
  Segmenter segmenter(1s, 2s);
  EXPECT_FALSE(segmenter.take(table, 0ms, true));
  EXPECT_FALSE(segmenter.take(table, 300ms, true));
  EXPECT_TRUE(segmenter.take(table, 900ms, true));
}

TEST(HlsSegmenter, where_no_key_frame_comes_it_is_cut_before_it_is_too_long) {
  Segmenter segmenter(1s, 2s);
  segmenter.set_tables(table);
  EXPECT_FALSE(segmenter.take(table, 0s, true));
  for (std::chrono::milliseconds at = 500ms; at <= 1'500ms; at += 500ms)
    EXPECT_FALSE(segmenter.take(frame, at, false));
  // With the next one it would be longer.
  const auto first = segmenter.take(frame, 2s, false);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->independent);
  EXPECT_EQ(first->duration, 2s);
  EXPECT_FALSE(segmenter.take(frame, 2s, false)) << "the same frame's next packet";
  EXPECT_FALSE(segmenter.take(frame, 2'300ms, false));
  const auto second = segmenter.take(table, 2'400ms, true);
  ASSERT_TRUE(second) << "a key frame ends what begins with none, however short";
  EXPECT_FALSE(second->independent);
  EXPECT_EQ(second->bytes, std::string(table) + std::string(frame) + std::string(frame) + std::string(frame));
  EXPECT_EQ(second->duration, 400ms);
  EXPECT_TRUE(segmenter.rest()->independent);
}

TEST(HlsSegmenter, a_pause_makes_no_segment_too_long) {
  Segmenter segmenter(1s, 2s);
  EXPECT_FALSE(segmenter.take(table, 0s, true));
  EXPECT_FALSE(segmenter.take(frame, 500ms, false));
  const auto first = segmenter.take(table, 3s, true);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->duration, 2s);
  EXPECT_EQ(segmenter.rest()->begins, 3s);
}

TEST(HlsSegmenter, each_segment_has_the_tables_also_where_the_muxer_gives_none) {
  Segmenter segmenter(1s, 2s);
  segmenter.set_tables(table);
  EXPECT_FALSE(segmenter.take(table, 0s, true));
  const auto first = segmenter.take(frame, 1s, true);
  const auto second = segmenter.rest();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->bytes, table);
  EXPECT_EQ(second->bytes, std::string(table) + std::string(frame));
}

}  // namespace
}  // namespace parley::hls
