#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "hls/offer.hpp"

namespace parley::hls {

/// As browsers write them, in short.
inline const std::string session =
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n";
inline const std::string transport =
    "a=ice-ufrag:publisher\r\na=ice-pwd:of-the-publisher\r\na=fingerprint:sha-256 "
    "AA\r\na=setup:actpass\r\na=rtcp-mux\r\n";
inline const std::string audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=sendonly\r\n" +
                                 transport +
                                 "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=rtpmap:0 "
                                 "PCMU/8000\r\n";
inline const std::string video =
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 105\r\na=mid:1\r\na=sendonly\r\n" + transport +
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=0;profile-level-id=42001f\r\n"
    "a=rtpmap:103 H264/90000\r\na=rtcp-fb:103 nack pli\r\na=fmtp:103 "
    "packetization-mode=1;profile-level-id=42001f\r\n"
    "a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\na=rtpmap:105 ulpfec/90000\r\n";
inline const std::string data_channel =
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n" + transport;

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t i = text.find(what); i != std::string::npos; i = text.find(what, i + with.size())) {
    text.replace(i, what.size(), with);
  }
  return text;
}

inline std::size_t count(const std::string& text, const std::string& what) {
  return (text.size() - replaced(text, what, "").size()) / what.size();
}

/// One that is taken.
inline Offer offer_of(const std::string& sdp) {
  auto read = read_offer(sdp);
  if (!read) ADD_FAILURE() << read.error() << '\n' << sdp;
  return read ? *std::move(read) : Offer();
}

/// Why it is not taken; empty where it is.
inline std::string refusal_of(const std::string& sdp) {
  const auto read = read_offer(sdp);
  return read ? std::string() : read.error();
}

/// What somebody sent once.
inline std::string case_of(const std::string& name) {
  const std::ifstream file(std::string(PARLEY_TEST_CASES) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

}  // namespace parley::hls
