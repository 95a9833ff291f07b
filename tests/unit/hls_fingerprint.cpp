#include "hls/fingerprint.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace parley::hls {
namespace {

/// A digest of so many bytes, all of which are this one.
std::string bytes(std::size_t count, const std::string& byte) {
  std::string text = byte;
  for (std::size_t i = 1; i < count; ++i) text += ':' + byte;
  return text;
}

std::string attribute(const std::string& function, const std::string& digest) {
  return "a=fingerprint:" + function + ' ' + digest + "\r\n";
}

constexpr const char* bare_session = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
constexpr const char* line = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n";

/// Of a certificate whose hash is made of `byte`, whatever the function.
bool match(const std::string& sdp, const std::string& byte) {
  return Fingerprints(sdp).match([&](HashFunction function) {
    constexpr std::array<std::size_t, 5> sizes{20, 28, 32, 48, 64};
    return bytes(sizes.at(static_cast<std::size_t>(function)), byte);
  });
}

TEST(HlsFingerprint, the_certificate_that_the_line_or_the_session_names_is_the_publishers) {
  const std::string named = attribute("sha-256", bytes(32, "AB"));
  for (const std::string& sdp : {bare_session + named + line, bare_session + std::string(line) + named}) {
    EXPECT_FALSE(Fingerprints(sdp).fault());
    EXPECT_TRUE(match(sdp, "AB"));
    EXPECT_FALSE(match(sdp, "AC"));
  }
}

TEST(HlsFingerprint, what_a_line_names_replaces_what_the_session_names) {
  const auto sdp =
      bare_session + attribute("sha-256", bytes(32, "AA")) + line + attribute("sha-256", bytes(32, "BB"));
  EXPECT_FALSE(match(sdp, "AA"));
  EXPECT_TRUE(match(sdp, "BB"));
}

TEST(HlsFingerprint, case_does_not_matter) {
  EXPECT_TRUE(match(bare_session + std::string(line) + attribute("SHA-256", bytes(32, "ab")), "AB"));
}

TEST(HlsFingerprint, every_secure_hash_function_is_taken) {
  for (const auto& [function, size] : {std::pair<std::string, std::size_t>{"sha-1", 20},
                                       {"sha-224", 28},
                                       {"sha-256", 32},
                                       {"sha-384", 48},
                                       {"sha-512", 64}}) {
    const auto sdp = bare_session + std::string(line) + attribute(function, bytes(size, "0F"));
    EXPECT_FALSE(Fingerprints(sdp).fault()) << function;
    EXPECT_TRUE(match(sdp, "0F")) << function;
    EXPECT_FALSE(match(sdp, "F0")) << function;
  }
}

TEST(HlsFingerprint, of_several_of_one_function_any_may_match) {
  const auto sdp = bare_session + std::string(line) + attribute("sha-256", bytes(32, "AA")) +
                   attribute("sha-256", bytes(32, "BB"));
  EXPECT_TRUE(match(sdp, "AA"));
  EXPECT_TRUE(match(sdp, "BB"));
  EXPECT_FALSE(match(sdp, "CC"));
}

TEST(HlsFingerprint, of_several_functions_the_strongest_counts_alone) {
  const auto sdp = bare_session + std::string(line) + attribute("sha-1", bytes(20, "AA")) +
                   attribute("sha-512", bytes(64, "BB")) + attribute("sha-256", bytes(32, "AA"));
  EXPECT_FALSE(match(sdp, "AA"));
  EXPECT_TRUE(match(sdp, "BB"));
}

TEST(HlsFingerprint, without_a_usable_one_the_offer_is_refused_with_words) {
  const auto fault = [](const std::string& attributes) {
    return Fingerprints(bare_session + std::string(line) + attributes).fault().value_or("");
  };
  EXPECT_EQ(fault(""), "it names no certificate fingerprint (a=fingerprint)");
  EXPECT_EQ(Fingerprints("").fault().value_or(""), "it names no certificate fingerprint (a=fingerprint)");
  for (const auto& weak : {attribute("md5", bytes(16, "AA")), attribute("md2", bytes(16, "AA")),
                           attribute("sha-3", bytes(32, "AA")), attribute("sha-256", bytes(31, "AA")),
                           attribute("sha-256", bytes(32, "AG")), attribute("sha-256", ""),
                           std::string("a=fingerprint:\r\n"), std::string("a=fingerprint:sha-256\r\n")}) {
    EXPECT_EQ(fault(weak),
              "its certificate fingerprints are of no hash function that this host trusts; use sha-256")
        << weak;
    EXPECT_FALSE(match(bare_session + std::string(line) + weak, "AA")) << weak;
  }
  EXPECT_FALSE(match(bare_session + std::string(line), ""));
}

TEST(HlsFingerprint, a_weak_one_beside_a_usable_one_is_passed_over) {
  const auto sdp = bare_session + std::string(line) + attribute("md5", bytes(16, "AA")) +
                   attribute("sha-256", bytes(32, "BB"));
  EXPECT_FALSE(Fingerprints(sdp).fault());
  EXPECT_TRUE(match(sdp, "BB"));
}

}  // namespace
}  // namespace parley::hls
