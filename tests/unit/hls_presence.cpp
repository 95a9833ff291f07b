#include "hls/presence.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace parley::hls {
namespace {

using namespace std::chrono_literals;
using Verdict = Presence::Verdict;

/// A publisher, looked at four times a second.
class HlsPresence : public ::testing::Test {
 protected:
  /// The last verdict of so much time in which nothing changes but, where it sends, the packets.
  Verdict after(std::chrono::milliseconds time, std::uint64_t media_each = 0,
                std::uint64_t reports_each = 0) {
    Verdict verdict = Verdict::here;
    for (const auto end = now_ + time; now_ < end && verdict == Verdict::here; now_ += 250ms) {
      look_.media += media_each;
      look_.packets += media_each + reports_each;
      verdict = presence_.observe(look_, now_);
    }
    return verdict;
  }

  Presence presence_;
  Presence::Look look_;
  Presence::Instant now_{1h};
};

TEST_F(HlsPresence, who_has_not_connected_in_time_goes) {
  EXPECT_EQ(after(Presence::patience), Verdict::here);
  EXPECT_EQ(after(1s), Verdict::not_connected);
}

TEST_F(HlsPresence, the_time_to_connect_begins_with_the_offer) {
  look_.offered = false;
  after(1min);
  look_.offered = true;
  EXPECT_EQ(after(Presence::patience), Verdict::here);
  EXPECT_EQ(after(1s), Verdict::not_connected);
}

TEST_F(HlsPresence, who_connects_and_sends_nothing_goes) {
  after(9s);
  look_.connected = true;
  EXPECT_EQ(after(Presence::patience), Verdict::here);
  EXPECT_EQ(after(1s), Verdict::silent);
}

TEST_F(HlsPresence, reports_without_media_are_no_stream) {
  look_.connected = true;
  EXPECT_EQ(after(11s, 0, 1), Verdict::silent);
  EXPECT_FALSE(presence_.flowed());
}

TEST_F(HlsPresence, who_sends_stays) {
  look_.connected = true;
  EXPECT_EQ(after(1h, 1), Verdict::here);
  EXPECT_TRUE(presence_.flowed());
}

TEST_F(HlsPresence, who_has_switched_all_off_and_consents_stays) {
  look_.connected = true;
  after(1s, 1);
  EXPECT_EQ(after(1h), Verdict::here);
}

TEST_F(HlsPresence, who_sent_and_was_killed_goes_once_consent_is_lost) {
  look_.connected = true;
  after(1s, 1);
  EXPECT_EQ(after(Presence::patience + 5s), Verdict::here);
  look_.connected = false;
  EXPECT_EQ(after(250ms), Verdict::gone);
}

TEST_F(HlsPresence, who_lost_its_path_for_a_moment_stays) {
  look_.connected = true;
  after(1s, 1);
  look_.connected = false;
  EXPECT_EQ(after(9s), Verdict::here);
  look_.connected = true;
  EXPECT_EQ(after(1min, 1), Verdict::here);
}

TEST_F(HlsPresence, another_connection_counts_its_packets_anew) {
  look_.connected = true;
  after(1min, 1);
  look_ = {};
  EXPECT_EQ(after(9s), Verdict::here);
  look_.connected = true;
  EXPECT_EQ(after(1min, 1), Verdict::here);
}

TEST_F(HlsPresence, a_process_that_was_stopped_has_not_waited) {
  look_.connected = true;
  after(1s, 1);
  look_.connected = false;
  now_ += 1min;
  EXPECT_EQ(after(8s), Verdict::here);
}

}  // namespace
}  // namespace parley::hls
