#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace parley::hls {

/// Whether something that counts up is still doing so.
class Liveness {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  void observe(std::uint64_t count, Instant now) {
    if (count == count_) return;
    count_ = count;
    moved_ = now;
  }
  /// Whether it has, at most so long before `now`.
  [[nodiscard]] bool moved_within(std::chrono::milliseconds time, Instant now) const {
    return moved_ && now - *moved_ <= time;
  }
  [[nodiscard]] bool moved() const { return moved_.has_value(); }
  /// What has been until now is no sign of life any more.
  void restart() { moved_.reset(); }

 private:
  std::uint64_t count_ = 0;
  std::optional<Instant> moved_;
};

}  // namespace parley::hls
