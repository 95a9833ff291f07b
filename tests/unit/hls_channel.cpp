#include "hls/channel.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "base/files.hpp"
#include "hls/liveness.hpp"
#include "hls/transcoding.hpp"
#include "temporary_folder.hpp"

namespace parley::hls {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Playlist::Shape short_shape{.target = 1s, .window = 3};
constexpr std::uintmax_t segment_bytes = 1'000;

/// A folder of its own, with segments as a recording writes them.
class HlsChannel : public testing::Test {
 protected:
  Segment written(int number, std::chrono::microseconds duration = 1s) {
    const std::string name = "1-7-" + std::to_string(number) + ".ts";
    std::ofstream(folder_ / name) << std::string(segment_bytes, 'x');
    return {.name = name, .duration = duration, .begins = {}};
  }

  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.insert(entry.path().filename());
    return names;
  }

  [[nodiscard]] std::string playlist() const { return read_file(folder_ / "1.m3u8").value_or(""); }

  TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
  Disk disk_{segment_bytes * 20};
};

TEST_F(HlsChannel, a_segment_that_slid_out_stays_for_as_long_as_a_player_may_read_it) {
  Channel channel(folder_, 1, short_shape, disk_);
  for (int i = 0; i < 7; ++i) ASSERT_FALSE(channel.add(written(i)));
  EXPECT_TRUE(files().contains("1-7-0.ts"));
  for (int i = 7; i < 100; ++i) ASSERT_FALSE(channel.add(written(i)));
  EXPECT_EQ(files().size(), 3U + 4U + 1U) << "those listed, those that were, and the playlist";
  EXPECT_EQ(disk_.taken(), segment_bytes * 7);
}

TEST_F(HlsChannel, how_long_that_is_goes_by_time_and_not_by_number) {
  Channel channel(folder_, 1, short_shape, disk_);
  for (int i = 0; i < 4; ++i) ASSERT_FALSE(channel.add(written(i, 2s)));
  // Listed were six seconds, and it lasts two.
  for (int i = 4; i < 11; ++i) ASSERT_FALSE(channel.add(written(i)));
  EXPECT_TRUE(files().contains("1-7-0.ts"));
  ASSERT_FALSE(channel.add(written(11)));
  EXPECT_FALSE(files().contains("1-7-0.ts"));
}

TEST_F(HlsChannel, a_folder_that_is_gone_is_another_matter_than_a_full_disk) {
  Channel channel(folder_ / "gone", 1, short_shape, disk_);
  const auto wrong = channel.add(written(0));
  EXPECT_EQ(wrong, std::errc::no_such_file_or_directory);
  EXPECT_FALSE(is_disk_full(wrong));
}

TEST(HlsDisk, one_takes_no_more_than_its_share_and_all_no_more_than_there_is) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  std::ofstream(file) << std::string(1'000, 'x');
  Disk whole(3'500);
  Disk one(whole, 2'000);
  Disk other(whole, 2'000);
  EXPECT_TRUE(one.keep(file) && one.keep(file));
  EXPECT_FALSE(one.keep(file)) << "its share";
  EXPECT_FALSE(other.keep(file)) << "the whole";
  EXPECT_EQ(whole.taken(), 4'000U);
  one.remove(file);
  EXPECT_EQ(whole.taken(), 3'000U);
}

TEST_F(HlsChannel, the_disk_is_full_where_the_bound_is_reached_and_nothing_more_is_kept) {
  Disk small(segment_bytes * 2);
  Channel channel(folder_, 1, short_shape, small);
  EXPECT_FALSE(channel.add(written(0)));
  EXPECT_FALSE(channel.add(written(1)));
  EXPECT_TRUE(is_disk_full(channel.add(written(2))));
  EXPECT_FALSE(files().contains("1-7-2.ts"));
  EXPECT_EQ(playlist().find("1-7-2.ts"), std::string::npos);
  channel.end();
  EXPECT_TRUE(playlist().ends_with("#EXT-X-ENDLIST\n")) << playlist();
}

TEST_F(HlsChannel, nothing_is_left_of_one_that_was_removed) {
  Channel channel(folder_, 1, short_shape, disk_);
  for (int i = 0; i < 10; ++i) ASSERT_FALSE(channel.add(written(i)));
  channel.remove();
  EXPECT_EQ(files(), std::set<std::string>{});
  EXPECT_EQ(disk_.taken(), 0U);
}

TEST_F(HlsChannel, one_that_was_left_behind_goes_on_with_a_discontinuity) {
  {
    Channel before(folder_, 1, short_shape, disk_);
    for (int i = 0; i < 6; ++i) ASSERT_FALSE(before.add(written(i)));
  }
  written(6);  // before it was listed, and before the next was written, the process died
  std::ofstream(folder_ / "1-7-7.ts.new") << "half";
  Disk disk(segment_bytes * 20);
  Channel channel(folder_, 1, short_shape, disk);
  ASSERT_TRUE(channel.take_up());
  EXPECT_EQ(disk.taken(), segment_bytes * 3) << "what no playlist lists is gone";
  EXPECT_FALSE(files().contains("1-7-7.ts.new"));
  ASSERT_FALSE(channel.add(written(7)));
  EXPECT_NE(playlist().find("#EXT-X-MEDIA-SEQUENCE:4\n"), std::string::npos) << playlist();
  EXPECT_LT(playlist().find("#EXT-X-DISCONTINUITY\n"), playlist().find("1-7-7.ts")) << playlist();
}

TEST_F(HlsChannel, a_folder_with_something_else_is_not_taken_up) {
  Channel channel(folder_, 1, short_shape, disk_);
  EXPECT_FALSE(channel.take_up());
  std::ofstream(folder_ / "1.m3u8") << "something else";
  EXPECT_FALSE(channel.take_up());
}

TEST_F(HlsChannel, a_playlist_of_somebody_elses_is_not_taken_up_and_nothing_beside_it_is_touched) {
  std::ofstream(folder_ / "1-notes.txt") << "mine";
  std::ofstream(folder_ / "1.m3u8") << "#EXTM3U\n#EXTINF:4,\n../film.ts\n";
  Channel channel(folder_, 1, short_shape, disk_);
  EXPECT_FALSE(channel.take_up());
  channel.remove();
  EXPECT_TRUE(files().contains("1-notes.txt"));
}

TEST_F(HlsChannel, what_somebody_else_put_beside_its_segments_stays) {
  {
    Channel before(folder_, 1, short_shape, disk_);
    ASSERT_FALSE(before.add(written(0)));
  }
  std::ofstream(folder_ / "1-notes.txt") << "mine";
  Channel channel(folder_, 1, short_shape, disk_);
  ASSERT_TRUE(channel.take_up());
  channel.remove();
  EXPECT_EQ(files(), std::set<std::string>{"1-notes.txt"});
}

TEST_F(HlsChannel, one_without_segments_has_no_playlist) {
  Channel channel(folder_, 1, short_shape, disk_);
  channel.end();
  EXPECT_EQ(files(), std::set<std::string>{});
}

TEST(HlsTranscoding, a_place_is_free_again_when_it_is_let_go) {
  Transcoding transcoding(1);
  auto place = transcoding.take();
  EXPECT_TRUE(place);
  EXPECT_FALSE(transcoding.take());
  place.reset();
  EXPECT_TRUE(transcoding.take());
}

TEST(HlsLiveness, is_alive_while_the_count_moves) {
  using Instant = Liveness::Instant;
  Liveness liveness;
  liveness.observe(0, Instant(0s));
  EXPECT_FALSE(liveness.moved());
  liveness.observe(5, Instant(1s));
  EXPECT_TRUE(liveness.moved_within(2s, Instant(3s)));
  liveness.observe(5, Instant(4s));
  EXPECT_FALSE(liveness.moved_within(2s, Instant(4s)));
}

}  // namespace
}  // namespace parley::hls
