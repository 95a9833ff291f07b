#include "hls/answer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "hls_offers.hpp"

namespace parley::hls {
namespace {

/// As webrtcbin answers: each of its m-lines with its own transport attributes, and the group's candidates in
/// the first.
std::string made_of(const GivenLines& given) {
  auto made = replaced(given.sdp(), "a=sendonly", "a=recvonly");
  made = replaced(
      replaced(made, "publisher\r\na=ice-pwd:of-the-publisher", "gateway\r\na=ice-pwd:of-the-gateway"),
      "sha-256 AA", "sha-256 BB");
  made = replaced(replaced(made, "actpass", "active"), ";profile-level-id=42001f", "");
  const std::string candidate = "a=candidate:1 1 UDP 1 127.0.0.1 4000 typ host\r\n";
  return made.replace(made.find("a=mid:0\r\n"), 0, candidate);
}

struct Answered {
  Offer offer;
  std::string sdp;
};

Answered answered(GivenLines& given, const std::string& sdp) {
  Answered answered{.offer = offer_of(sdp), .sdp = {}};
  EXPECT_TRUE(given.take(answered.offer));
  const auto answer = answer_to(answered.offer, given, made_of(given));
  EXPECT_TRUE(answer.has_value());
  answered.sdp = answer.value_or("");
  return answered;
}

std::string answer_of(const std::string& sdp) {
  GivenLines given;
  return answered(given, sdp).sdp;
}

/// The part of one m-line.
std::string section(const std::string& sdp, std::size_t index) {
  std::size_t begin = sdp.find("m=");
  for (; index > 0; --index) begin = sdp.find("\r\nm=", begin) + 2;
  return sdp.substr(begin, sdp.find("\r\nm=", begin) - begin) + "\r\n";
}

TEST(HlsAnswer, has_the_publishers_mids_and_the_gateways_transport) {
  const auto answer = answer_of(replaced(session, "BUNDLE 0 1", "BUNDLE sound 1") +
                                replaced(audio, "a=mid:0", "a=mid:sound") + video);
  EXPECT_EQ(count(answer, "a=group:BUNDLE sound 1\r\n"), 1U) << answer;
  EXPECT_EQ(count(section(answer, 0), "a=mid:sound\r\n"), 1U) << answer;
  EXPECT_EQ(count(section(answer, 1), "a=mid:1\r\n"), 1U) << answer;
  EXPECT_EQ(count(answer, "a=recvonly\r\n"), 2U) << answer;
  EXPECT_EQ(count(answer, "a=ice-ufrag:gateway\r\n"), 2U) << answer;
  EXPECT_EQ(count(answer, "publisher"), 0U) << answer;
  EXPECT_EQ(count(section(answer, 0), "a=candidate:"), 1U) << answer;
  EXPECT_EQ(count(section(answer, 1), "a=candidate:"), 0U) << answer;
}

TEST(HlsAnswer, names_the_profile_that_was_offered) {
  const auto answer = answer_of(session + audio + video);
  EXPECT_EQ(count(answer, "a=fmtp:103 packetization-mode=1;profile-level-id=42001f\r\n"), 1U) << answer;
  EXPECT_EQ(count(answer, "a=fmtp:104 apt=103\r\n"), 1U) << answer;
}

TEST(HlsAnswer, rejects_what_is_rejected_and_what_is_of_no_kind_that_is_taken) {
  const auto answer = answer_of(replaced(session, "0 1", "0 1 2") +
                                replaced(audio, "m=audio 9", "m=audio 0") + video + data_channel);
  EXPECT_EQ(count(section(answer, 0), "m=audio 0 UDP/TLS/RTP/SAVPF 111 0\r\n"), 1U) << answer;
  EXPECT_EQ(count(section(answer, 2), "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"), 1U) << answer;
  EXPECT_EQ(count(answer, "a=group:BUNDLE 1\r\n"), 1U) << answer;
  EXPECT_EQ(count(section(answer, 1), "a=candidate:"), 1U) << "the group's first that is left: " << answer;
}

TEST(HlsAnswer, is_inactive_where_nothing_is_received) {
  const auto answer = answer_of(session + replaced(audio, "opus/48000/2", "speex/8000") + video);
  const auto sound = section(answer, 0);
  EXPECT_EQ(count(sound, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), 1U) << answer;
  EXPECT_EQ(count(sound, "a=inactive\r\n"), 1U) << answer;
  EXPECT_EQ(count(sound, "a=rtpmap:111 SPEEX/8000\r\n"), 1U) << answer;
  EXPECT_EQ(count(sound, "a=ice-ufrag:gateway\r\n"), 1U) << answer;
  EXPECT_EQ(count(sound, "a=candidate:"), 1U) << "the group's first: " << answer;
  EXPECT_EQ(count(section(answer, 1), "a=recvonly\r\n"), 1U) << answer;
}

TEST(HlsAnswer, follows_exchanged_mids) {
  GivenLines given;
  const auto second = replaced(video, "a=mid:1", "a=mid:2");
  const auto both = replaced(session, "0 1", "1 2");
  const auto before = answered(given, both + video + replaced(second, "m=video 9", "m=video 0"));
  EXPECT_EQ(count(before.sdp, "a=group:BUNDLE 1\r\n"), 1U) << before.sdp;
  const auto after = answered(given, both + second + replaced(video, "m=video 9", "m=video 0"));
  EXPECT_EQ(count(after.sdp, "a=group:BUNDLE 2\r\n"), 1U) << after.sdp;
  EXPECT_EQ(count(section(after.sdp, 0), "a=mid:2\r\n"), 1U) << after.sdp;
  EXPECT_EQ(count(section(after.sdp, 1), "m=video 0 "), 1U) << after.sdp;
}

TEST(HlsAnswer, without_a_group_has_a_transport_for_each_line) {
  const auto apart = replaced(session, "a=group:BUNDLE 0 1\r\n", "");
  const auto answer = answer_of(apart + audio + video);
  EXPECT_EQ(count(answer, "BUNDLE"), 0U) << answer;
  const auto unusable = answer_of(apart + replaced(audio, "opus/48000/2", "speex/8000") + video);
  EXPECT_EQ(count(section(unusable, 0), "m=audio 0 "), 1U) << "there is no transport for it: " << unusable;
}

TEST(HlsAnswer, of_the_cases_takes_all_lines) {
  for (const char* name : {"offer-ice-credentials-per-line.sdp", "offer-without-direction.sdp"}) {
    const auto answer = answer_of(case_of(name));
    EXPECT_EQ(count(answer, "a=recvonly\r\n"), 2U) << name << '\n' << answer;
    EXPECT_EQ(count(answer, " 0 UDP/TLS"), 0U) << name << '\n' << answer;
    EXPECT_EQ(count(answer, "a=group:BUNDLE 0 1\r\n"), 1U) << name << '\n' << answer;
  }
}

TEST(HlsAnswer, is_none_where_webrtcbin_rejects_a_line) {
  GivenLines given;
  auto offer = offer_of(session + audio + video);
  ASSERT_TRUE(given.take(offer));
  EXPECT_EQ(answer_to(offer, given, replaced(made_of(given), "m=video 9", "m=video 0")), std::nullopt);
  EXPECT_EQ(answer_to(offer, given, ""), std::nullopt);
}

TEST(HlsAnswer, tells_another_certificate_and_ice_generation_everywhere) {
  const auto sdp = session + audio + video;
  EXPECT_EQ(with_fingerprint(sdp, "sha-256 CC"), replaced(sdp, "sha-256 AA", "sha-256 CC"));
  EXPECT_EQ(with_ice_credentials(sdp, "two", "second"),
            replaced(replaced(sdp, "ice-ufrag:publisher", "ice-ufrag:two"), "ice-pwd:of-the-publisher",
                     "ice-pwd:second"));
}

}  // namespace
}  // namespace parley::hls
