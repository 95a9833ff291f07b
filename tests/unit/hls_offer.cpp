#include "hls/offer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "hls/ice_uri.hpp"
#include "hls_offers.hpp"

namespace parley::hls {
namespace {

std::string offer() {
  return session + audio + video;
}

std::optional<Codec> codec_of_video(const std::string& sdp) {
  return offer_of(sdp).lines.at(1).codec;
}

TEST(HlsOffer, h264_is_taken_before_all_that_would_have_to_be_transcoded) {
  EXPECT_EQ(offer_of(offer()).lines.at(0).codec, Codec::opus);
  EXPECT_EQ(codec_of_video(offer()), Codec::h264);
  EXPECT_EQ(codec_of_video(replaced(offer(), "H264", "AV1")), Codec::vp8);
  EXPECT_EQ(codec_of_video(replaced(replaced(offer(), "H264", "VP9"), "VP8", "AV1")), Codec::vp9);
  EXPECT_EQ(codec_of_video(replaced(replaced(offer(), "H264", "AV1"), "VP8", "H265")), std::nullopt);
}

TEST(HlsOffer, vp9_of_more_than_eight_bits_is_not_taken) {
  auto sdp = replaced(replaced(offer(), "VP8", "AV1"), "H264", "VP9");
  sdp = replaced(sdp, "profile-level-id=42001f", "profile-id=2");
  EXPECT_EQ(codec_of_video(sdp), std::nullopt);
  EXPECT_EQ(codec_of_video(replaced(sdp, "profile-id=2", "profile-id=0")), Codec::vp9);
}

TEST(HlsOffer, sound_is_mono_where_the_publisher_does_not_say_stereo) {
  const std::string feedback = "a=rtcp-fb:111 transport-cc\r\n";
  const auto channels = [&](const std::string& format) {
    return offer_of(replaced(offer(), feedback, feedback + format)).lines.at(0).channels;
  };
  EXPECT_EQ(channels("a=fmtp:111 minptime=10;sprop-stereo=1\r\n"), 2U);
  EXPECT_EQ(channels("a=fmtp:111 minptime=10; stereo=1\r\n"), 2U);
  EXPECT_EQ(channels("a=fmtp:111 minptime=10;useinbandfec=1\r\n"), 1U);
}

TEST(HlsOffer, the_codec_has_its_retransmissions) {
  const auto payloads = offer_of(offer()).lines.at(1).payloads;
  ASSERT_EQ(payloads.size(), 2U);
  EXPECT_EQ(payloads[0].type, "103") << "packetization mode 1";
  EXPECT_EQ(payloads[1].type, "104");
}

TEST(HlsOffer, a_line_whose_direction_nobody_names_sends) {
  const auto sends = [](const std::string& sdp) { return offer_of(sdp).lines.at(0).sends; };
  const auto unnamed = replaced(offer(), "a=sendonly\r\n", "");
  EXPECT_TRUE(sends(offer()));
  EXPECT_FALSE(sends(replaced(offer(), "a=sendonly", "a=recvonly")));
  EXPECT_TRUE(sends(unnamed));
  EXPECT_FALSE(sends(replaced(unnamed, "t=0 0\r\n", "t=0 0\r\na=recvonly\r\n")));
  EXPECT_TRUE(sends(replaced(offer(), "t=0 0\r\n", "t=0 0\r\na=recvonly\r\n"))) << "its own counts";
}

TEST(HlsOffer, rejected_lines_take_no_part_and_bundle_only_ones_do) {
  EXPECT_FALSE(offer_of(replaced(offer(), "m=video 9", "m=video 0")).lines.at(1).takes_part);
  const auto only =
      replaced(replaced(offer(), "m=video 9", "m=video 0"), "a=mid:1", "a=mid:1\r\na=bundle-only");
  EXPECT_TRUE(offer_of(only).lines.at(1).takes_part);
  EXPECT_FALSE(offer_of(replaced(only, "BUNDLE 0 1", "BUNDLE 0")).lines.at(1).takes_part);
}

TEST(HlsOffer, of_a_group_the_first_lines_transport_counts) {
  const auto other = replaced(video, "publisher", "another");
  const auto read = offer_of(session + audio + other);
  EXPECT_EQ(read.transport_of(read.lines.at(1)).ufrag, "publisher");
  const auto reversed = offer_of(replaced(session, "BUNDLE 0 1", "BUNDLE 1 0") + audio + other);
  EXPECT_EQ(reversed.transport_of(reversed.lines.at(0)).ufrag, "another");
  EXPECT_EQ(reversed.tagged(), 1U);
  const auto rejected = offer_of(session + replaced(audio, "m=audio 9", "m=audio 0") + other);
  EXPECT_EQ(rejected.tagged(), 1U) << "what is rejected has no transport";
}

TEST(HlsOffer, credentials_of_each_line_in_a_group_are_taken) {
  const auto read = offer_of(case_of("offer-ice-credentials-per-line.sdp"));
  EXPECT_EQ(read.transport.ufrag, "Fhcb");
  EXPECT_EQ(read.transport.password, "QoSWtpVesq9HwFZN0WMs0Y");
  EXPECT_EQ(read.transport.candidates.size(), 2U) << "those of the first m-line";
  EXPECT_TRUE(read.sends_something_usable());
}

TEST(HlsOffer, without_a_direction_it_sends) {
  const auto read = offer_of(case_of("offer-without-direction.sdp"));
  EXPECT_TRUE(read.bundled) << "after a group of another kind";
  for (const OfferedLine& line : read.lines) EXPECT_TRUE(line.sends && line.codec) << line.media;
}

TEST(HlsOffer, with_receivers_alone_it_sends_nothing) {
  EXPECT_FALSE(offer_of(case_of("offer-that-sends-nothing.sdp")).sends_something());
  const auto sounds = offer_of(replaced(session + audio, "opus/48000/2", "speex/8000"));
  EXPECT_TRUE(sounds.sends_something());
  EXPECT_FALSE(sounds.sends_something_usable());
}

TEST(HlsOffer, what_the_session_says_is_said_of_each_line_that_says_nothing_else) {
  auto sdp = replaced(session + audio + video, transport, "");
  EXPECT_NE(refusal_of(sdp), "");
  sdp = replaced(sdp, "t=0 0\r\n", "t=0 0\r\n" + transport);
  EXPECT_EQ(offer_of(sdp).transport.ufrag, "publisher");
  EXPECT_EQ(offer_of(replaced(sdp, "a=group:BUNDLE 0 1\r\n", "")).lines.at(1).transport.ufrag, "publisher");
}

TEST(HlsOffer, without_a_transport_it_is_refused_in_words) {
  EXPECT_NE(refusal_of(replaced(offer(), "a=ice-ufrag", "a=x")).find("ICE"), std::string::npos);
  EXPECT_NE(refusal_of(replaced(offer(), "a=ice-pwd", "a=x")).find("ICE"), std::string::npos);
  EXPECT_NE(refusal_of(replaced(offer(), "a=fingerprint", "a=x")).find("fingerprint"), std::string::npos);
  EXPECT_NE(refusal_of(replaced(offer(), "sha-256 AA", "sha-256 %s")).find("fingerprint"), std::string::npos);
  for (const char* setup : {"holdconn", "nonsense", ""})
    EXPECT_NE(refusal_of(replaced(offer(), "actpass", setup)).find("setup"), std::string::npos) << setup;
}

TEST(HlsOffer, mids_and_groups_that_contradict_themselves_are_refused_in_words) {
  EXPECT_NE(refusal_of(replaced(offer(), "a=mid:1", "a=mid:0")).find("same mid"), std::string::npos);
  EXPECT_NE(refusal_of(replaced(offer(), "a=mid:1", "a=mid:a b")).find("mid"), std::string::npos);
  EXPECT_NE(refusal_of(replaced(offer(), "t=0 0\r\n", "t=0 0\r\na=group:BUNDLE 1\r\n")).find("BUNDLE"),
            std::string::npos);
  EXPECT_EQ(offer_of(replaced(offer(), "BUNDLE 0 1", "BUNDLE 0 0 nobody 1")).group,
            (std::vector<std::size_t>{0, 1}));
  const auto apart = offer_of(replaced(offer(), "a=group:BUNDLE 0 1\r\n", ""));
  EXPECT_FALSE(apart.bundled);
  EXPECT_TRUE(apart.lines.at(1).takes_part);
  EXPECT_NE(refusal_of(replaced(session, "a=group:BUNDLE 0 1\r\n", "") + audio + replaced(video, "AA", "BB"))
                .find("certificates"),
            std::string::npos);
}

TEST(HlsOffer, a_payload_type_means_one_thing_in_a_group) {
  const auto sdp = session + replaced(audio, "111", "103") + video;
  EXPECT_TRUE(offer_of(sdp).lines.at(1).clashes);
  EXPECT_EQ(offer_of(sdp).lines.at(1).codec, std::nullopt);
  EXPECT_EQ(offer_of(replaced(sdp, "a=group:BUNDLE 0 1\r\n", "")).lines.at(1).codec, Codec::h264);
}

TEST(HlsOffer, only_parameters_and_feedback_that_are_known_are_read) {
  const auto sdp =
      replaced(replaced(offer(), "packetization-mode=1;", "ssrc=1;a-mid=2;packetization-mode=1; ;=;x;"),
               "a=rtcp-fb:103 nack pli", "a=rtcp-fb:* nack pli\r\na=rtcp-fb:103 a b");
  const auto payload = offer_of(sdp).lines.at(1).payloads.at(0);
  EXPECT_EQ(payload.parameters,
            (std::vector<std::string>{"packetization-mode=1", "profile-level-id=42001f"}));
  EXPECT_EQ(payload.feedback, (std::vector<std::string>{"nack pli"}));
  EXPECT_EQ(offer_of(replaced(offer(), "42001f", "42001g"))
                .lines.at(1)
                .payloads.at(0)
                .parameter("profile-level-id"),
            std::nullopt);
}

TEST(HlsOffer, payload_types_are_numbers_that_rtp_has) {
  for (const char* type : {"128", "72", "x", "-1", "0103", "99999999999"}) {
    const auto sdp = session + audio + replaced(replaced(video, "103", type), "102", "x");
    EXPECT_EQ(codec_of_video(sdp), Codec::vp8) << type;
  }
}

TEST(HlsOffer, so_many_ssrcs_and_candidates_of_a_line_are_read) {
  std::string more;
  for (std::size_t i = 1; i <= 100; ++i) {
    more += "a=ssrc:" + std::to_string(i) + " cname:x\r\na=ssrc:" + std::to_string(i) + " msid:x\r\n" +
            "a=candidate:" + std::to_string(i) + " 1 udp 1 127.0.0.1 9 typ host\r\n";
  }
  const auto read = offer_of(session + audio + more + video + "a=ssrc:0 cname:x\r\na=ssrc:x cname:x\r\n");
  EXPECT_EQ(read.lines.at(0).ssrcs.size(), max_ssrcs_of_line);
  EXPECT_EQ(read.lines.at(0).ssrcs.at(1), 2U);
  EXPECT_EQ(read.transport.candidates.size(), max_candidates_of_line);
  EXPECT_TRUE(read.lines.at(1).ssrcs.empty());
}

TEST(HlsOffer, more_lines_than_that_are_refused_and_a_data_channel_in_front) {
  std::string sdp = session;
  for (std::size_t i = 0; i < max_offered_lines; ++i)
    sdp += replaced(audio, "a=mid:0", "a=mid:" + std::to_string(i));
  EXPECT_EQ(refusal_of(sdp), "");
  EXPECT_NE(refusal_of(sdp + video).find("more than 16"), std::string::npos);
  EXPECT_FALSE(offer_of(session + audio + video + data_channel).lines.at(2).takes_part);
  EXPECT_NE(refusal_of(session + data_channel + audio).find("first m-line"), std::string::npos);
  EXPECT_NE(refusal_of(""), "");
}

TEST(HlsOffer, another_certificate_is_another_connection) {
  EXPECT_EQ(offer_of(offer()).fingerprints(),
            offer_of(replaced(offer(), "a=sendonly", "a=inactive")).fingerprints());
  EXPECT_NE(offer_of(offer()).fingerprints(),
            offer_of(replaced(offer(), "sha-256 AA", "sha-256 BB")).fingerprints());
}

TEST(HlsOffer, a_mid_is_found_whatever_its_name) {
  EXPECT_EQ(offer_of(offer()).line_of_mid("1"), 1U);
  EXPECT_EQ(offer_of(replaced(replaced(offer(), "a=mid:0", "a=mid:sound"), "BUNDLE 0", "BUNDLE sound"))
                .line_of_mid("sound"),
            0U);
  EXPECT_EQ(offer_of(offer()).line_of_mid("2"), std::nullopt);
}

TEST(HlsOffer, any_text_is_read) {
  std::string sdp = offer();
  while (!sdp.empty()) {
    sdp.pop_back();
    static_cast<void>(read_offer(sdp));
  }
  for (const char* text :
       {"v=0\nm=\nm=video \nm=audio 9\n", "v=0\nm=audio 9 x\n", "m=", "v=0\nm=audio 9 x y\na=mid:\n"})
    static_cast<void>(read_offer(text));
}

TEST(HlsIceUri, has_slashes_and_the_credentials) {
  EXPECT_EQ(ice_uri("stun:stun.example.org:3478", "", ""), "stun://stun.example.org:3478");
  EXPECT_EQ(ice_uri("turn:turn.example.org?transport=tcp", "1795:ada", "a/b+c="),
            "turn://1795%3Aada:a%2Fb%2Bc%3D@turn.example.org?transport=tcp");
  EXPECT_EQ(ice_uri("nonsense", "", ""), "");
}

}  // namespace
}  // namespace parley::hls
