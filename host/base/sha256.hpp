#pragma once

#include <string>
#include <string_view>

namespace parley {
inline namespace base {

/// SHA-256 (FIPS 180-4) in hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace base
}  // namespace parley
