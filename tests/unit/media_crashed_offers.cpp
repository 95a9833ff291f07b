#include "media/crashed_offers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace parley::media {
namespace {

/// An offer of a client that makes up its credentials each time.
std::string offer(const std::string& made_up, const std::string& rest = "a=mid:0") {
  return R"({"type":"offer","sdp":"v=0\r\no=- )" + made_up +
         R"( 2 IN IP4 127.0.0.1\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:)" +
         made_up + R"(\r\na=ice-pwd:)" + made_up + R"(\r\na=fingerprint:sha-256 )" + made_up + R"(\r\n)" +
         rest + R"(\r\na=ssrc:)" + made_up + R"( cname:x\r\n"})";
}

class MediaCrashedOffers : public testing::Test {
 protected:
  [[nodiscard]] CrashedOffers::Digests of(const std::string& text, CrashedOffers::Digests before = {}) const {
    return crashed.digests_of(text, before);
  }

  CrashedOffers crashed{7};
};

TEST_F(MediaCrashedOffers, the_same_is_refused_whatever_its_client_makes_up_anew) {
  EXPECT_FALSE(crashed.refuses(of(offer("1"))));
  crashed.crashed(of(offer("1")), true);
  EXPECT_TRUE(crashed.refuses(of(offer("1"))));
  EXPECT_TRUE(crashed.refuses(of(offer("2"))));
  EXPECT_FALSE(crashed.refuses(of(offer("1", "a=mid:1"))));
}

TEST_F(MediaCrashedOffers, ports_do_not_matter_but_for_rejected_lines) {
  const auto line = [](const std::string& port) { return "m=audio " + port + " UDP/TLS/RTP/SAVPF 111"; };
  crashed.crashed(of(offer("1", line("9"))), true);
  EXPECT_TRUE(crashed.refuses(of(offer("1", line("50504")))));
  EXPECT_FALSE(crashed.refuses(of(offer("1", line("0")))));
}

TEST_F(MediaCrashedOffers, a_shape_that_was_answered_before_is_not_to_blame) {
  crashed.answered(of(offer("1")));
  crashed.crashed(of(offer("2")), true);
  EXPECT_TRUE(crashed.refuses(of(offer("2"))));
  EXPECT_FALSE(crashed.refuses(of(offer("3"))));
}

TEST_F(MediaCrashedOffers, of_several_at_once_only_the_very_same_are_refused) {
  crashed.crashed(of(offer("1")), false);
  EXPECT_TRUE(crashed.refuses(of(offer("1"))));
  EXPECT_FALSE(crashed.refuses(of(offer("2"))));
}

TEST_F(MediaCrashedOffers, a_shape_counts_with_what_was_offered_before_it) {
  const auto first = of(offer("1"));
  crashed.crashed(of(offer("1", "a=mid:1"), first), true);
  EXPECT_TRUE(crashed.refuses(of(offer("2", "a=mid:1"), of(offer("2")))));
  EXPECT_FALSE(crashed.refuses(of(offer("2", "a=mid:1"))));
}

TEST_F(MediaCrashedOffers, no_more_are_remembered_than_the_limits_say) {
  for (std::size_t i = 0; i <= CrashedOffers::max_crashed; ++i)
    crashed.crashed(of(offer("1", "a=mid:" + std::to_string(i))), true);
  EXPECT_FALSE(crashed.refuses(of(offer("1", "a=mid:0"))));
  EXPECT_TRUE(crashed.refuses(of(offer("1", "a=mid:1"))));
}

TEST_F(MediaCrashedOffers, the_same_text_has_other_digests_in_another_process) {
  EXPECT_NE(of(offer("1")).offer, CrashedOffers(8).digests_of(offer("1"), {}).offer);
  EXPECT_NE(of(offer("1")).shape, CrashedOffers(8).digests_of(offer("1"), {}).shape);
}

}  // namespace
}  // namespace parley::media
