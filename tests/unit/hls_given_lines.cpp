#include "hls/given_lines.hpp"

#include <gtest/gtest.h>

#include <string>

#include "hls_offers.hpp"

namespace parley::hls {
namespace {

const std::string second_video = replaced(video, "a=mid:1", "a=mid:2");
const std::string rejected_video = replaced(video, "m=video 9", "m=video 0");

/// Takes an offer that fits.
Offer take(GivenLines& given, const std::string& sdp) {
  Offer offer = offer_of(sdp);
  EXPECT_TRUE(given.take(offer)) << sdp;
  return offer;
}

bool fits(GivenLines given, const std::string& sdp) {
  Offer offer = offer_of(sdp);
  return given.take(offer);
}

GivenLines after(const std::string& sdp) {
  GivenLines given;
  take(given, sdp);
  return given;
}

TEST(HlsGivenLines, have_the_chosen_codec_and_mids_of_their_own) {
  GivenLines given;
  const auto offer =
      take(given, replaced(session, "BUNDLE 0 1", "BUNDLE sound 1") +
                      replaced(audio, "a=mid:0", "a=mid:sound") + video + "a=ssrc:42 msid:x\r\n");
  const std::string sdp = given.sdp();
  for (const char* line : {"a=group:BUNDLE 0 1\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
                           "m=video 9 UDP/TLS/RTP/SAVPF 103 104\r\n", "a=mid:0\r\n", "a=mid:1\r\n",
                           "a=rtpmap:103 H264/90000\r\n", "a=rtcp-fb:103 nack pli\r\n",
                           "a=fmtp:103 packetization-mode=1;profile-level-id=42001f\r\n",
                           "a=fmtp:104 apt=103\r\n", "a=ssrc:42 cname:publisher\r\n"})
    EXPECT_EQ(count(sdp, line), 1U) << line << '\n' << sdp;
  for (const char* line : {"a=sendonly\r\n", "a=ice-ufrag:publisher\r\n", "a=fingerprint:sha-256 AA\r\n",
                           "a=setup:actpass\r\n", "a=rtcp-mux\r\n"})
    EXPECT_EQ(count(sdp, line), 2U) << line << '\n' << sdp;
  for (const char* gone : {"VP8", "PCMU", "sound", "ULPFEC"})
    EXPECT_EQ(count(sdp, gone), 0U) << gone << '\n' << sdp;
  EXPECT_EQ(offer.lines.at(1).given, 1U);
}

TEST(HlsGivenLines, are_those_alone_that_have_sent_something_usable) {
  GivenLines given;
  const auto offer =
      take(given, replaced(session, "0 1", "0 1 2 3") + replaced(audio, "a=sendonly", "a=recvonly") + video +
                      data_channel +
                      replaced(replaced(audio, "opus/48000/2", "speex/8000"), "a=mid:0", "a=mid:3"));
  EXPECT_EQ(given.size(), 1U);
  EXPECT_EQ(offer.lines.at(1).given, 0U);
  EXPECT_EQ(offer.lines.at(0).given, std::nullopt);
  EXPECT_EQ(given.transport_of(offer, 0), 0U) << "the group has one transport";
  EXPECT_EQ(given.transport_of(offer, 1), std::nullopt) << "candidates are the first m-line's";
  EXPECT_EQ(given.offered_line(offer, 0), 0U);
}

TEST(HlsGivenLines, are_appended_when_a_line_begins_to_send) {
  auto given = after(session + audio + replaced(video, "a=sendonly", "a=inactive"));
  EXPECT_EQ(given.size(), 1U);
  const auto offer = take(given, session + audio + video);
  EXPECT_EQ(given.size(), 2U);
  EXPECT_EQ(offer.lines.at(1).given, 1U);
  EXPECT_EQ(take(given, session + audio + video).lines.at(1).given, 1U);
}

TEST(HlsGivenLines, fall_silent_and_stay) {
  auto given = after(session + audio + video);
  const auto offer = take(given, session + audio + rejected_video);
  EXPECT_EQ(offer.lines.at(1).given, std::nullopt);
  EXPECT_EQ(count(given.sdp(), "m=video 9 "), 1U) << given.sdp();
  EXPECT_EQ(count(given.sdp(), "a=inactive\r\n"), 1U) << given.sdp();
  EXPECT_TRUE(fits(given, session + audio));
  EXPECT_FALSE(fits(given, session + audio + video)) << "webrtcbin lets none speak again";
}

TEST(HlsGivenLines, see_nothing_of_mids_that_change) {
  auto given = after(replaced(session, "0 1", "0 1 2") + audio + video +
                     replaced(second_video, "m=video 9", "m=video 0"));
  const std::string exchanged = replaced(session, "0 1", "0 2 1") + audio + second_video + rejected_video;
  EXPECT_TRUE(fits(given, exchanged));
  EXPECT_TRUE(fits(given, session + audio + second_video)) << "removed";
  auto renamed = after(session + rejected_video + replaced(audio, "a=mid:0", "a=mid:x") + audio);
  EXPECT_EQ(
      take(renamed, session + second_video + replaced(audio, "a=mid:0", "a=mid:x") + audio).lines.size(), 3U);
}

TEST(HlsGivenLines, are_new_ones_where_a_line_carries_something_else) {
  auto given = after(session + audio + video);
  const auto sound = replaced(audio, "a=mid:0", "a=mid:2");
  const auto offer = take(given, replaced(session, "0 1", "0 2") + audio + sound);
  EXPECT_EQ(offer.lines.at(1).given, 2U);
  EXPECT_EQ(given.size(), 3U);
  const auto vp8 = take(given, session + audio + replaced(video, "H264", "AV1"));
  EXPECT_EQ(vp8.lines.at(1).given, 3U);
  EXPECT_EQ(count(given.sdp(), "a=inactive\r\n"), 2U) << given.sdp();
}

TEST(HlsGivenLines, do_not_fit_another_group_role_or_meaning_of_a_payload_type) {
  const auto given = after(session + audio + video);
  const auto apart = replaced(session, "a=group:BUNDLE 0 1\r\n", "");
  EXPECT_FALSE(fits(given, apart + audio + video));
  EXPECT_FALSE(fits(after(apart + audio + video), session + audio + video));
  EXPECT_FALSE(fits(given, replaced(session + audio + video, "actpass", "active")));
  EXPECT_TRUE(fits(given, replaced(session + audio + video, "actpass", "passive")));
  auto client = after(replaced(session + audio + video, "actpass", "active"));
  EXPECT_FALSE(fits(client, replaced(session + audio + video, "actpass", "passive")));
  take(client, session + audio + video);
  EXPECT_EQ(count(client.sdp(), "a=setup:active\r\n"), 2U) << "who has begun is the client for good";
  const auto vp8 = replaced(replaced(replaced(video, "H264", "AV1"), "103", "100"), "96", "103");
  EXPECT_FALSE(fits(given, session + audio + vp8));
}

TEST(HlsGivenLines, of_which_each_has_its_transport_take_no_other_codec) {
  const auto apart = replaced(session, "a=group:BUNDLE 0 1\r\n", "");
  auto given = after(apart + audio + replaced(video, "a=sendonly", "a=inactive"));
  EXPECT_EQ(given.size(), 2U) << "each needs an answer of its own";
  EXPECT_EQ(count(given.sdp(), "BUNDLE"), 0U);
  const auto offer = take(given, apart + audio + rejected_video);
  EXPECT_EQ(given.transport_of(offer, 1), 1U);
  EXPECT_FALSE(fits(given, apart + audio + replaced(video, "H264", "AV1")));
}

TEST(HlsGivenLines, of_a_restart_are_all_or_none) {
  const std::string restarted =
      replaced(session + audio + video, "a=ice-ufrag:publisher", "a=ice-ufrag:next");
  auto given = after(session + audio + video);
  EXPECT_FALSE(given.restarts_ice());
  take(given, restarted);
  EXPECT_TRUE(given.restarts_ice());
  EXPECT_EQ(count(given.sdp(), "a=ice-ufrag:next\r\n"), 2U);
  take(given, restarted);
  EXPECT_FALSE(given.restarts_ice());

  const auto apart = replaced(session, "a=group:BUNDLE 0 1\r\n", "");
  auto two = after(apart + audio + video);
  EXPECT_FALSE(fits(two, apart + audio + replaced(video, "publisher", "next")));
  EXPECT_TRUE(fits(two, apart + replaced(audio + video, "publisher", "next")));
}

TEST(HlsGivenLines, keep_what_they_have_where_all_is_rejected) {
  auto given = after(session + audio + video);
  const auto offer = take(given, session + replaced(audio + video, " 9 UDP", " 0 UDP"));
  EXPECT_EQ(count(given.sdp(), "a=inactive\r\n"), 2U);
  EXPECT_EQ(count(given.sdp(), "a=ice-ufrag:publisher\r\n"), 2U);
  EXPECT_EQ(given.transport_of(offer, 0), std::nullopt);
}

TEST(HlsGivenLines, without_anything_to_receive_are_none) {
  EXPECT_FALSE(fits({}, session + replaced(audio, "opus/48000/2", "speex/8000")));
  auto given = after(session + replaced(audio, "a=sendonly", "a=recvonly"));
  EXPECT_EQ(given.size(), 1U) << "it needs a transport";
}

TEST(HlsGivenLines, end_where_a_publisher_offers_ever_more) {
  GivenLines given;
  std::size_t offers = 0;
  for (bool went_on = true; went_on && offers < 1'000; ++offers) {
    std::string sdp = session + audio;
    for (std::size_t i = 0; i < max_ssrcs_of_line; ++i)
      sdp += "a=ssrc:" + std::to_string(1 + offers * max_ssrcs_of_line + i) + " cname:x\r\n";
    Offer offer = offer_of(sdp);
    went_on = given.take(offer);
  }
  EXPECT_GT(offers, 20U);
  EXPECT_LT(offers, 1'000U);
}

}  // namespace
}  // namespace parley::hls
