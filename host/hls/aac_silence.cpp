#include "hls/aac_silence.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::hls {

namespace {

using namespace std::string_view_literals;

/// raw_data_block() (ISO/IEC 14496-3, 4.4.2.1) of one element that has a gain, a long window and no scale
/// factor band (max_sfb 0), and so no section, no scale factor and no spectrum; then ID_END.
/// A single_channel_element: its 29 bits are all zero.
constexpr std::string_view mono_block = "\x00\x00\x00\x07"sv;
/// A channel_pair_element (ID 001) with a common window (the eighth bit).
constexpr std::string_view stereo_block = "\x21\x00\x00\x00\x00\x1c"sv;

constexpr std::size_t header_bytes = 7;

}  // namespace

std::string silent_aac_frame(unsigned channels) {
  const std::string_view block = channels == 2 ? stereo_block : mono_block;
  const std::size_t length = header_bytes + block.size();
  // adts_fixed_header() and adts_variable_header() (1.A.2.2): MPEG-4 without CRC, LC, 48 kHz; a buffer
  // fullness that says "variable rate", and one block.
  constexpr std::uint8_t low_complexity_at_48_khz = (1U << 6U) | (3U << 2U);
  std::string frame;
  for (const std::size_t byte : {std::size_t{0xFF}, std::size_t{0xF1}, std::size_t{low_complexity_at_48_khz},
                                 (channels << 6U) | (length >> 11U), (length >> 3U) & 0xFFU,
                                 ((length & 7U) << 5U) | 0x1FU, std::size_t{0xFC}}) {
    frame.push_back(static_cast<char>(byte));
  }
  return frame.append(block);
}

}  // namespace parley::hls
