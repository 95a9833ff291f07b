#pragma once

#include <cstdint>
#include <string>

#include "time.hpp"

namespace parley {

/// SplitMix64: all of a session's randomness from the 64 bits of its configuration. For jitter and for
/// telling things apart, not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// 1 to 2^32 - 1: zero means "none" on the wire.
  [[nodiscard]] std::uint32_t tag() {
    for (;;) {
      if (const auto value = static_cast<std::uint32_t>(next() >> 32U); value != 0) return value;
    }
  }

  /// From zero up to and including `most`.
  [[nodiscard]] Duration up_to(Duration most) {
    return Duration(static_cast<Duration::rep>(next() % (static_cast<std::uint64_t>(most.count()) + 1)));
  }

  [[nodiscard]] std::string hex() {
    constexpr const char* digits = "0123456789abcdef";
    std::string text(16, '0');
    std::uint64_t bits = next();
    for (char& digit : text) {
      digit = digits[bits & 0xfU];
      bits >>= 4U;
    }
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace parley
