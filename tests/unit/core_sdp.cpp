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

TEST(Sdp, fingerprints_of_the_session_and_of_its_m_lines_are_each_told_once) {
  EXPECT_EQ(fingerprints("v=0\r\na=fingerprint:SHA-256 bb:0c\r\nm=audio 9\r\na=fingerprint:sha-256 AA:01\r\n"
                         "m=video 9\r\na=fingerprint:sha-256 BB:0C\r\na=fingerprint:sha-1 FF\r\n"),
            "sha-1 FF\nsha-256 AA:01\nsha-256 BB:0C");
}

TEST(Sdp, what_has_no_fingerprint_says_none) {
  EXPECT_EQ(fingerprints("v=0\r\ns=a=fingerprint:sha-256 AA\r\n"), "");
  EXPECT_EQ(fingerprints(""), "");
}

TEST(Sdp, what_is_no_sdp_has_no_ufrag) {
  EXPECT_EQ(ice_ufrags(""), Ufrags{});
  EXPECT_EQ(ice_ufrags("\r\n\n\r"), Ufrags{});
  EXPECT_EQ(ice_ufrags(std::string("\0\xff\xfe", 3)), Ufrags{});
}

using Lines = std::vector<MediaLine>;

TEST(Sdp, media_lines_are_those_of_sound_and_pictures_in_their_order) {
  EXPECT_EQ(media_lines("v=0\r\n"
                        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\na=mid:1\r\n"
                        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\n"
                        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"),
            (Lines{{.mid = "1", .kind = MediaKind::video}, {.mid = "0", .kind = MediaKind::audio}}));
}

TEST(Sdp, a_media_line_has_a_direction_of_its_own_or_that_of_the_session_or_both) {
  const auto line = [](const std::string& attributes) { return "m=video 9 RTP/AVP 96\r\n" + attributes; };
  const auto only = [](const std::string& sdp) {
    const Lines lines = media_lines(sdp);
    EXPECT_EQ(lines.size(), 1U);
    return std::pair(lines.at(0).sends, lines.at(0).receives);
  };
  EXPECT_EQ(only(line("")), std::pair(true, true));
  EXPECT_EQ(only(line("a=sendonly\r\n")), std::pair(true, false));
  EXPECT_EQ(only(line("a=recvonly\r\n")), std::pair(false, true));
  EXPECT_EQ(only(line("a=inactive\r\n")), std::pair(false, false));
  EXPECT_EQ(only("a=recvonly\r\n" + line("")), std::pair(false, true));
  EXPECT_EQ(only("a=recvonly\r\n" + line("a=sendonly\r\n")), std::pair(true, false));
}

TEST(Sdp, a_rejected_media_line_neither_sends_nor_receives_and_a_bundled_one_is_not_rejected) {
  const Lines lines = media_lines(
      "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
      "m=video 0 RTP/AVP 96\r\na=mid:1\r\na=sendrecv\r\n"
      "m=video 0 RTP/AVP 96\r\na=bundle-only\r\na=mid:2\r\n"
      "m=audio 0 RTP/AVP 0\r\na=mid:3");
  std::vector<bool> sends;
  for (const MediaLine& line : lines) {
    EXPECT_EQ(line.sends, line.receives) << line.mid;
    sends.push_back(line.sends);
  }
  EXPECT_EQ(sends, (std::vector<bool>{true, false, true, false}));
}

TEST(Sdp, a_media_line_may_have_no_mid) {
  EXPECT_EQ(media_lines("m=audio 9 RTP/AVP 0\nm=video 9 RTP/AVP 96\na=mid:v"),
            (Lines{{.mid = "", .kind = MediaKind::audio}, {.mid = "v", .kind = MediaKind::video}}));
}

TEST(Sdp, a_mid_before_any_m_line_belongs_to_none) {
  EXPECT_EQ(media_lines("a=mid:0\r\nm=audio 9 RTP/AVP 0\r\n"),
            (Lines{{.mid = "", .kind = MediaKind::audio}}));
}

TEST(Sdp, what_is_no_sdp_has_no_media_lines) {
  EXPECT_EQ(media_lines(""), Lines{});
  EXPECT_EQ(media_lines("m=\r\nm=audiovisual 9\r\n m=audio 9\r\na=mid:0"), Lines{});
}

}  // namespace
}  // namespace parley
