#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace parley {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4 section 6.2).
[[nodiscard]] Digest sha256(std::string_view text);

}  // namespace parley
