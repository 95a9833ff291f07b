#pragma once

#include <string>

namespace parley::hls {

/// What one AAC frame lasts, in samples (ISO/IEC 14496-3, table 4.1: frameLengthFlag 0).
constexpr unsigned samples_of_aac_frame = 1024;

/// A frame of AAC-LC at 48 kHz in which nothing is to be heard, with its ADTS header: the sound of a
/// publisher that sends none. `channels` is 1 or 2.
[[nodiscard]] std::string silent_aac_frame(unsigned channels);

}  // namespace parley::hls
