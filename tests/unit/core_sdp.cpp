#include "core/sdp.hpp"

#include <gtest/gtest.h>

namespace parley {
namespace {

using Ufrags = std::set<std::string>;

TEST(Sdp, every_m_line_may_have_an_ice_ufrag_of_its_own) {
  EXPECT_EQ(
      ice_ufrags("v=0\r\nm=audio\r\na=ice-ufrag:abcd\r\na=ice-pwd:x\r\nm=video\r\na=ice-ufrag:efgh\r\n"),
      (Ufrags{"abcd", "efgh"}));
}

TEST(Sdp, bundled_m_lines_repeat_one_ufrag) {
  EXPECT_EQ(ice_ufrags("a=ice-ufrag:abcd\r\nm=video\r\na=ice-ufrag:abcd\r\n"), Ufrags{"abcd"});
}

TEST(Sdp, a_bare_line_feed_ends_a_line_and_the_last_line_needs_none) {
  EXPECT_EQ(ice_ufrags("v=0\na=ice-ufrag:one\na=ice-ufrag:two"), (Ufrags{"one", "two"}));
}

TEST(Sdp, an_attribute_counts_only_at_the_start_of_a_line) {
  EXPECT_EQ(ice_ufrags("s=a=ice-ufrag:no\r\n a=ice-ufrag:no\r\n"), Ufrags{});
}

TEST(Sdp, what_is_no_sdp_has_no_ufrag) {
  EXPECT_EQ(ice_ufrags(""), Ufrags{});
  EXPECT_EQ(ice_ufrags("\r\n\n\r"), Ufrags{});
  EXPECT_EQ(ice_ufrags(std::string("\0\xff\xfe", 3)), Ufrags{});
}

}  // namespace
}  // namespace parley
