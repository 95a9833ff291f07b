#include "hls/offer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hls/ice_uri.hpp"

namespace parley::hls {
namespace {

/// As browsers write them, in short.
constexpr const char* session = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n";
constexpr const char* audio =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=sendonly\r\na=fingerprint:sha-256 "
    "AA\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=rtpmap:0 PCMU/8000\r\n";
constexpr const char* video =
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 "
    "105\r\na=mid:1\r\na=sendonly\r\na=fingerprint:sha-256 "
    "AA\r\n"
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=0;profile-level-id=42001f\r\n"
    "a=rtpmap:103 H264/90000\r\na=rtcp-fb:103 nack pli\r\na=fmtp:103 "
    "packetization-mode=1;profile-level-id=42001f\r\n"
    "a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\na=rtpmap:105 ulpfec/90000\r\n";

std::string offer() {
  return std::string(session) + audio + video;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t i = text.find(what); i != std::string::npos; i = text.find(what, i + with.size())) {
    text.replace(i, what.size(), with);
  }
  return text;
}

TEST(HlsOffer, h264_is_taken_before_all_that_would_have_to_be_transcoded) {
  EXPECT_EQ(offered_lines(offer()),
            (std::vector<OfferedLine>{
                {.index = 0, .kind = MediaKind::audio, .codec = Codec::opus, .channels = 1},
                {.index = 1, .kind = MediaKind::video, .codec = Codec::h264, .channels = 1}}));
  EXPECT_EQ(offered_lines(replaced(offer(), "H264", "AV1")).at(1).codec, Codec::vp8);
  EXPECT_EQ(offered_lines(replaced(replaced(offer(), "H264", "VP9"), "VP8", "AV1")).at(1).codec, Codec::vp9);
  EXPECT_EQ(offered_lines(replaced(replaced(offer(), "H264", "AV1"), "VP8", "H265")).at(1).codec,
            std::nullopt);
}

TEST(HlsOffer, vp9_of_more_than_eight_bits_is_not_taken) {
  auto sdp = replaced(replaced(offer(), "VP8", "AV1"), "H264", "VP9");
  sdp = replaced(sdp, "profile-level-id=42001f", "profile-id=2");
  EXPECT_EQ(offered_lines(sdp).at(1).codec, std::nullopt);
  EXPECT_EQ(offered_lines(replaced(sdp, "profile-id=2", "profile-id=0")).at(1).codec, Codec::vp9);
}

TEST(HlsOffer, sound_is_mono_where_the_publisher_does_not_say_stereo) {
  const std::string stereo = "a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;sprop-stereo=1\r\n";
  const std::string mono = "a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
  EXPECT_EQ(offered_lines(replaced(offer(), "a=rtcp-fb:111 transport-cc\r\n", stereo)).at(0).channels, 2U);
  EXPECT_EQ(offered_lines(replaced(offer(), "a=rtcp-fb:111 transport-cc\r\n", mono)).at(0).channels, 1U);
}

TEST(HlsOffer, lines_that_send_nothing_are_no_tracks) {
  EXPECT_EQ(offered_lines(replaced(offer(), "a=sendonly", "a=recvonly")).size(), 0U);
  EXPECT_EQ(offered_lines(replaced(offer(), "m=video 9", "m=video 0")).size(), 1U);
  EXPECT_EQ(offered_lines(replaced(offer(), "a=sendonly\r\n", "")).size(), 2U) << "sendrecv is meant";
  EXPECT_EQ(
      offered_lines(replaced(replaced(offer(), "a=sendonly\r\n", ""), "t=0 0\r\n", "t=0 0\r\na=recvonly\r\n"))
          .size(),
      0U);
}

TEST(HlsOffer, is_narrowed_to_the_codec_and_its_retransmissions) {
  const std::string narrow = narrowed(offer(), offered_lines(offer()));
  EXPECT_NE(narrow.find("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), std::string::npos) << narrow;
  EXPECT_NE(narrow.find("m=video 9 UDP/TLS/RTP/SAVPF 103 104\r\n"), std::string::npos) << narrow;
  for (const char* gone : {"VP8", "PCMU", "ulpfec", ":96 ", ":97 ", ":102 "}) {
    EXPECT_EQ(narrow.find(gone), std::string::npos) << gone << '\n' << narrow;
  }
  for (const char* kept :
       {"a=mid:1\r\n", "a=rtcp-fb:103 nack pli\r\n", "a=fmtp:104 apt=103\r\n", "a=group:BUNDLE 0 1\r\n"}) {
    EXPECT_NE(narrow.find(kept), std::string::npos) << kept << '\n' << narrow;
  }
}

TEST(HlsOffer, what_the_session_says_of_all_lines_is_in_each_that_says_nothing_else) {
  const auto sdp =
      replaced(offer(), "t=0 0\r\n",
               "t=0 0\r\na=setup:actpass\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 BB\r\n");
  const auto count = [](const std::string& text, const std::string& what) {
    return (text.size() - replaced(text, what, "").size()) / what.size();
  };
  const std::string narrow = narrowed(sdp, offered_lines(sdp));
  for (const char* line : {"a=setup:actpass\r\n", "a=ice-ufrag:u\r\n", "a=ice-pwd:p\r\n"})
    EXPECT_EQ(count(narrow, line), 3U) << line << '\n' << narrow;
  EXPECT_EQ(count(narrow, "a=fingerprint:sha-256 AA\r\n"), 2U) << narrow;
  EXPECT_EQ(count(narrow, "a=fingerprint:sha-256 BB\r\n"), 1U) << narrow;
}

TEST(HlsOffer, a_line_that_is_not_taken_is_inactive) {
  auto lines = offered_lines(offer());
  lines.at(1).codec.reset();
  const std::string narrow = narrowed(offer(), lines);
  const std::string rest = narrow.substr(narrow.find("m=video"));
  EXPECT_NE(rest.find("a=inactive\r\n"), std::string::npos) << narrow;
  EXPECT_EQ(rest.find("a=sendonly"), std::string::npos) << narrow;
}

TEST(HlsOffer, a_data_channel_stays_as_it_is) {
  const std::string data =
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n";
  const std::string sdp = offer() + data;
  EXPECT_EQ(offered_lines(sdp).size(), 2U);
  EXPECT_TRUE(narrowed(sdp, offered_lines(sdp)).ends_with(data));
}

TEST(HlsOffer, says_which_lines_name_their_ssrc) {
  const auto lines = offered_lines(offer() + "a=ssrc:42 cname:x\r\n");
  EXPECT_FALSE(lines.at(0).names_ssrc);
  EXPECT_TRUE(lines.at(1).names_ssrc);
}

TEST(HlsOffer, more_lines_than_that_are_refused_and_a_data_channel_in_front) {
  std::string sdp = session;
  for (std::size_t i = 0; i < max_offered_lines; ++i) sdp += audio;
  EXPECT_EQ(fault_of_offer(sdp), std::nullopt);
  EXPECT_NE(fault_of_offer(sdp + audio), std::nullopt);
  const std::string data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";
  EXPECT_EQ(fault_of_offer(offer() + data), std::nullopt);
  EXPECT_NE(fault_of_offer(session + data + audio), std::nullopt);
  EXPECT_EQ(fault_of_offer(""), std::nullopt);
}

TEST(HlsOffer, another_certificate_is_another_connection) {
  EXPECT_EQ(fingerprints(offer()), fingerprints(replaced(offer(), "a=sendonly", "a=inactive")));
  EXPECT_NE(fingerprints(offer()), fingerprints(replaced(offer(), "sha-256 AA", "sha-256 BB")));
}

TEST(HlsOffer, another_certificate_is_told_everywhere) {
  EXPECT_EQ(with_fingerprint(offer(), "sha-256 BB"), replaced(offer(), "sha-256 AA", "sha-256 BB"));
}

TEST(HlsOffer, another_ice_generation_is_told_everywhere) {
  const auto before =
      replaced(offer(), "a=sendonly\r\n", "a=sendonly\r\na=ice-ufrag:one\r\na=ice-pwd:first\r\n");
  const auto after = replaced(replaced(before, "ufrag:one", "ufrag:two"), "pwd:first", "pwd:second");
  EXPECT_EQ(with_ice_credentials(before, "two", "second"), after);
}

TEST(HlsOffer, what_is_rejected_in_it_is_rejected_in_the_answer) {
  const std::string answer = narrowed(offer(), offered_lines(offer()));
  EXPECT_EQ(with_rejections(answer, offer()), answer);
  const std::string rejected = with_rejections(answer, replaced(offer(), "m=video 9", "m=video 0"));
  EXPECT_NE(rejected.find("m=audio 9 UDP"), std::string::npos) << rejected;
  EXPECT_NE(rejected.find("m=video 0 UDP/TLS/RTP/SAVPF 103 104\r\n"), std::string::npos) << rejected;
  EXPECT_NE(rejected.find("a=group:BUNDLE 0\r\n"), std::string::npos) << rejected;
}

TEST(HlsOffer, the_answer_names_the_profile_that_was_offered) {
  const auto asymmetric =
      replaced(offer(), "a=fmtp:103 packetization-mode=1;profile-level-id=42001f",
               "a=fmtp:103 level-asymmetry-allowed=1;profile-level-id=4d001f;packetization-mode=1");
  const std::string answer = narrowed(asymmetric, offered_lines(asymmetric));
  const std::string without = replaced(answer, "profile-level-id=4d001f;", "");
  const std::string profiled = with_profiles(without, asymmetric);
  EXPECT_NE(
      profiled.find("a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f\r\n"),
      std::string::npos)
      << profiled;
  EXPECT_NE(profiled.find("a=fmtp:104 apt=103\r\n"), std::string::npos) << profiled;
  EXPECT_EQ(with_profiles(answer, asymmetric), answer) << "what has one keeps it";
  EXPECT_EQ(with_profiles(without, session), without) << "an offer without m-lines";
}

TEST(HlsOffer, a_mid_is_found_whatever_its_name) {
  EXPECT_EQ(line_of_mid(offer(), "1"), 1);
  EXPECT_EQ(line_of_mid(replaced(offer(), "a=mid:0", "a=mid:sound"), "sound"), 0);
  EXPECT_EQ(line_of_mid(offer(), "2"), std::nullopt);
}

TEST(HlsOffer, any_text_is_read) {
  std::string sdp = offer();
  while (!sdp.empty()) {
    sdp.pop_back();
    EXPECT_LE(offered_lines(sdp).size(), 2U);
    EXPECT_LE(narrowed(sdp, offered_lines(sdp)).size(), offer().size() + 64);
  }
  EXPECT_TRUE(offered_lines("m=\nm=video \nm=audio 9\n").size() <= 2);
  static_cast<void>(narrowed("m=\nm=video \nm=audio 9\n", offered_lines("m=\nm=video \nm=audio 9\n")));
}

TEST(HlsIceUri, has_slashes_and_the_credentials) {
  EXPECT_EQ(ice_uri("stun:stun.example.org:3478", "", ""), "stun://stun.example.org:3478");
  EXPECT_EQ(ice_uri("turn:turn.example.org?transport=tcp", "1795:ada", "a/b+c="),
            "turn://1795%3Aada:a%2Fb%2Bc%3D@turn.example.org?transport=tcp");
  EXPECT_EQ(ice_uri("nonsense", "", ""), "");
}

}  // namespace
}  // namespace parley::hls
