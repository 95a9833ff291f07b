#pragma once

#include <cstdint>
#include <string>

namespace parley {
inline namespace base {

/// 192 bits from the kernel, in base64url: nobody guesses it.
[[nodiscard]] std::string random_secret();

[[nodiscard]] std::uint64_t random_seed();

}  // namespace base
}  // namespace parley
