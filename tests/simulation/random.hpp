#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace parley::simulation {

/// SplitMix64: all the chance in a schedule comes from its seed, the same on every machine. The distributions
/// of <random> may differ between standard libraries, so none of them is used.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
    return z ^ (z >> 31U);
  }

  /// 0 … bound - 1.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  bool chance(unsigned percent) { return below(100) < percent; }

  /// `shortest` … `longest`, both included.
  Duration between(Duration shortest, Duration longest) {
    const auto span = static_cast<std::uint64_t>((longest - shortest).count()) + 1;
    return shortest + Duration(static_cast<Duration::rep>(below(span)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace parley::simulation
