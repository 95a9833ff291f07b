#include "hls/aac_silence.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace parley::hls {
namespace {

/// `count` bits of an ADTS header (ISO/IEC 14496-3, 1.A.2.2) from `first` on.
unsigned bits(const std::string& frame, unsigned first, unsigned count) {
  unsigned value = 0;
  for (unsigned bit = first; bit < first + count; ++bit) {
    const auto byte = static_cast<std::uint8_t>(frame.at(bit / 8));
    value = value << 1U | (byte >> (7U - bit % 8U) & 1U);
  }
  return value;
}

TEST(HlsAacSilence, the_header_says_what_the_frame_is) {
  for (const unsigned channels : {1U, 2U}) {
    const std::string frame = silent_aac_frame(channels);
    EXPECT_EQ(bits(frame, 0, 12), 0xFFFU);
    EXPECT_EQ(bits(frame, 16, 2), 1U) << "low complexity";
    EXPECT_EQ(bits(frame, 18, 4), 3U) << "48 kHz";
    EXPECT_EQ(bits(frame, 23, 3), channels);
    EXPECT_EQ(bits(frame, 30, 13), frame.size());
    EXPECT_EQ(bits(frame, 54, 2), 0U) << "one block";
  }
}

}  // namespace
}  // namespace parley::hls
