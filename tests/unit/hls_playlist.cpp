#include "hls/playlist.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace parley::hls {
namespace {

using namespace std::chrono_literals;

constexpr Playlist::Shape shape{.target = 2s, .window = 3};

WallClock::time_point at(std::chrono::milliseconds since_epoch) {
  return WallClock::time_point(since_epoch);
}

Segment segment(int number, std::chrono::microseconds duration = 2s) {
  return {.name = std::to_string(number) + ".ts",
          .duration = duration,
          .begins = at(1'795'258'957'422ms + number * 2s)};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++found;
  return found;
}

TEST(HlsPlaylist, says_what_a_player_needs) {
  Playlist playlist(shape);
  playlist.add(segment(0, 1'000'030us));
  EXPECT_EQ(playlist.text(),
            "#EXTM3U\n"
            "#EXT-X-VERSION:3\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T11:02:37.422Z\n"
            "#EXTINF:1.000030,\n"
            "0.ts\n");
}

TEST(HlsPlaylist, says_whether_all_segments_are_independent) {
  const std::string tag = "#EXT-X-INDEPENDENT-SEGMENTS\n";
  Playlist playlist(shape);
  playlist.add(segment(0));
  Segment dependent = segment(1);
  dependent.independent = false;
  playlist.add(dependent);
  EXPECT_EQ(count(playlist.text(), tag), 0U);
  const auto read = Playlist::read(playlist.text(), shape);
  ASSERT_TRUE(read);
  EXPECT_EQ(count(read->text(), tag), 0U) << "nor after a restart";
  for (int i = 2; i < 5; ++i) playlist.add(segment(i));
  EXPECT_EQ(count(playlist.text(), tag), 1U);
}

TEST(HlsPlaylist, the_window_slides_and_the_sequence_counts) {
  Playlist playlist(shape);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(playlist.add(segment(i)).empty());
  const auto slid = playlist.add(segment(3));
  ASSERT_EQ(slid.size(), 1U);
  EXPECT_EQ(slid[0].name, "0.ts");
  EXPECT_NE(playlist.text().find("#EXT-X-MEDIA-SEQUENCE:1\n"), std::string::npos) << playlist.text();
  EXPECT_EQ(playlist.segments().front().name, "1.ts");
}

TEST(HlsPlaylist, never_slides_below_three_target_durations) {
  Playlist playlist(shape);
  for (int i = 0; i < 20; ++i) playlist.add(segment(i, 500ms));
  EXPECT_EQ(playlist.segments().size(), 12U) << playlist.text();
}

TEST(HlsPlaylist, the_target_duration_grows_with_a_longer_segment_and_stays) {
  Playlist playlist(shape);
  playlist.add(segment(0, 2'499ms));
  EXPECT_EQ(count(playlist.text(), "#EXT-X-TARGETDURATION:2\n"), 1U) << playlist.text();
  playlist.add(segment(1, 8'333ms));
  for (int i = 2; i < 15; ++i) playlist.add(segment(i));
  EXPECT_EQ(count(playlist.text(), "#EXT-X-TARGETDURATION:8\n"), 1U) << playlist.text();
  EXPECT_EQ(playlist.segments().size(), 12U) << "three of them";
  EXPECT_EQ(Playlist::read(playlist.text(), shape), playlist);
}

TEST(HlsPlaylist, a_discontinuity_is_marked_once_and_counted_when_it_has_slid_out) {
  Playlist playlist(shape);
  playlist.add(segment(0));
  playlist.interrupt();
  playlist.interrupt();
  playlist.add(segment(1));
  playlist.add(segment(2));
  EXPECT_EQ(count(playlist.text(), "#EXT-X-DISCONTINUITY\n"), 1U) << playlist.text();
  playlist.add(segment(3));
  EXPECT_NE(playlist.text().find("#EXT-X-DISCONTINUITY-SEQUENCE:0\n"), std::string::npos) << playlist.text();
  playlist.add(segment(4));
  EXPECT_NE(playlist.text().find("#EXT-X-DISCONTINUITY-SEQUENCE:1\n"), std::string::npos) << playlist.text();
  EXPECT_EQ(count(playlist.text(), "#EXT-X-DISCONTINUITY\n"), 0U) << playlist.text();
}

TEST(HlsPlaylist, the_first_segment_of_all_continues_nothing_and_so_interrupts_nothing) {
  Playlist playlist(shape);
  playlist.interrupt();
  playlist.add(segment(0));
  EXPECT_FALSE(playlist.segments().front().discontinuity);
}

TEST(HlsPlaylist, ends_and_goes_on_when_there_is_more) {
  Playlist playlist(shape);
  playlist.add(segment(0));
  playlist.end();
  EXPECT_TRUE(playlist.text().ends_with("0.ts\n#EXT-X-ENDLIST\n")) << playlist.text();
  playlist.interrupt();
  playlist.add(segment(1));
  EXPECT_EQ(count(playlist.text(), "#EXT-X-ENDLIST"), 0U) << playlist.text();
  EXPECT_TRUE(playlist.segments().back().discontinuity);
}

TEST(HlsPlaylist, what_was_written_is_read_again) {
  Playlist playlist(shape);
  for (int i = 0; i < 5; ++i) {
    if (i == 3) playlist.interrupt();
    playlist.add(segment(i, 1'234'567us + i * 1s));
  }
  playlist.end();
  const auto read = Playlist::read(playlist.text(), shape);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, playlist) << read->text() << playlist.text();
}

TEST(HlsPlaylist, something_else_is_not_read) {
  for (const char* text : {"", "#EXTM3", "<html>", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x\n",
                           "#EXTM3U\n#EXTINF:a,\n1.ts\n", "#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:today\n"}) {
    EXPECT_FALSE(Playlist::read(text, shape)) << text;
  }
  EXPECT_TRUE(Playlist::read("#EXTM3U\n#EXT-X-SOMETHING:NEW\n", shape));
}

}  // namespace
}  // namespace parley::hls
