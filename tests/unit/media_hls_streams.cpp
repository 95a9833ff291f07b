#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "media/hls_streams.hpp"

namespace parley::media {
namespace {

TEST(MediaHlsStreams, each_room_has_one_and_no_number_comes_twice) {
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

TEST(MediaHlsStreams, each_is_one_workers_or_waits_for_one) {
  HlsStreams streams;
  for (const char* room : {"11111", "22222", "33333"}) streams.add(room, "");
  streams.find(2)->worker = 0;
  using Numbers = std::vector<hls::pipe::Stream>;
  EXPECT_EQ(streams.numbers_of(std::nullopt), (Numbers{1, 3}));
  EXPECT_EQ(streams.numbers_of(0), Numbers{2});
  EXPECT_EQ(streams.numbers_of(1), Numbers{});
}

/// A publisher whose texts a worker reads, at these seconds.
class MediaHandling : public testing::Test {
 protected:
  void hand(bool is_signal, bool is_offer = false) {
    handling.unread.push_back(
        {.is_signal = is_signal, .offer = is_offer ? std::optional(CrashedOffers::Digests{}) : std::nullopt});
  }
  void read(int second) { handling.read_next(Handling::Clock::time_point(std::chrono::seconds(second))); }
  [[nodiscard]] bool goes_on(int second) const {
    return handling.goes_on(Handling::Clock::time_point(std::chrono::seconds(second)));
  }

  Handling handling;
};

TEST_F(MediaHandling, of_an_offer_begins_when_it_is_read_and_ends_a_moment_after_its_answer) {
  hand(false);
  hand(true, true);
  read(10);
  EXPECT_FALSE(goes_on(10)) << "that was no signal";
  read(20);
  EXPECT_TRUE(goes_on(22));
  EXPECT_FALSE(goes_on(30)) << "it has no answer and never will";
  handling.answered(Handling::Clock::time_point(std::chrono::seconds(22)));
  EXPECT_TRUE(goes_on(22));
  EXPECT_FALSE(goes_on(24));
}

TEST_F(MediaHandling, of_a_candidate_is_over_a_moment_after_it_is_read) {
  hand(true);
  read(10);
  EXPECT_TRUE(goes_on(10));
  EXPECT_FALSE(goes_on(12));
  read(20);
  EXPECT_FALSE(goes_on(20)) << "there was nothing to read";
}

}  // namespace
}  // namespace parley::media
