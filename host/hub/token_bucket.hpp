#pragma once

#include <algorithm>
#include <chrono>

#include "hub/time.hpp"

namespace parley::hub {

inline constexpr double seconds_a_minute = 60;

/// So many a second over time, and so many at once after a pause.
class TokenBucket {
 public:
  /// Full at first. A rate of 0 is no limit.
  TokenBucket(double per_second, double burst, Instant now)
      : per_second_(per_second), burst_(burst), tokens_(burst), filled_at_(now) {}

  /// Takes so many tokens; false where there are fewer.
  [[nodiscard]] bool take(Instant now, double tokens = 1) {
    if (per_second_ <= 0) return true;
    fill(now);
    if (tokens_ < tokens) return false;
    tokens_ -= tokens;
    return true;
  }

  /// For how long there is none.
  [[nodiscard]] Duration wait(Instant now) {
    if (per_second_ <= 0) return {};
    fill(now);
    if (tokens_ >= 1) return {};
    return std::chrono::ceil<Duration>(std::chrono::duration<double>((1 - tokens_) / per_second_));
  }

  /// Whether its user has paused for long enough to have the whole burst again.
  [[nodiscard]] bool full(Instant now) {
    fill(now);
    return tokens_ >= burst_;
  }

 private:
  // Threads read the clock before they get their turn, so an instant may lie a little before the last one.
  void fill(Instant now) {
    if (now <= filled_at_) return;
    const std::chrono::duration<double> passed = now - filled_at_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    filled_at_ = now;
  }

  double per_second_;
  double burst_;
  double tokens_;
  Instant filled_at_;
};

}  // namespace parley::hub
