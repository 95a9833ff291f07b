#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <experimental/simd>
#include <string_view>

namespace parley {
inline namespace base {

/// As many bytes as this processor looks at in one step. A description is a kibibyte or more of mostly plain
/// characters, which are passed by blocks.
using ByteBlock = std::experimental::native_simd<std::uint8_t>;

/// How many bytes of a block stand before the first that `stops` (a mask) marks.
[[nodiscard]] inline std::size_t bytes_before(const ByteBlock::mask_type& stops) {
  return std::experimental::any_of(stops) ? static_cast<std::size_t>(find_first_set(stops))
                                          : ByteBlock::size();
}

/// Copies what of the text stands before the first byte that `stops` (a block to a mask) marks, a block of it
/// at the most, and says how much that was. `to` has room for a whole block, of which the rest is undefined.
template <class Stops>
[[nodiscard]] std::size_t copy_block(std::string_view text, char* to, Stops&& stops) {
  const auto copy = [&](const std::uint8_t* from) {
    const ByteBlock block(from, std::experimental::element_aligned);
    block.copy_to(reinterpret_cast<std::uint8_t*>(to), std::experimental::element_aligned);
    return bytes_before(stops(block));
  };
  if (text.size() >= ByteBlock::size()) return copy(reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, ByteBlock::size()> last{};
  std::memcpy(last.data(), text.data(), text.size());
  return std::min(copy(last.data()), text.size());
}

}  // namespace base
}  // namespace parley
