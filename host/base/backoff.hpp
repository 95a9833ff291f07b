#pragma once

#include <algorithm>
#include <chrono>

namespace parley {
inline namespace base {

/// How long to wait before a process that ended is started again: hardly at all the first time, longer each
/// time it ends soon, so that one that cannot live does not keep the machine busy.
class Backoff {
 public:
  using Duration = std::chrono::steady_clock::duration;

  /// A crash is to be over before whoever publishes has given up waiting (Limits::gateway_patience).
  static constexpr Duration shortest = std::chrono::milliseconds(250);
  static constexpr Duration longest = std::chrono::seconds(10);
  /// Who was well for this long is well; what ended it is a new trouble.
  static constexpr Duration well = std::chrono::minutes(1);

  /// It has ended after having been well for this long: when to start it again, from now.
  [[nodiscard]] Duration ended_after(Duration lasted) {
    if (lasted >= well) next_ = shortest;
    const Duration delay = next_;
    next_ = std::min(2 * next_, longest);
    return delay;
  }

 private:
  Duration next_ = shortest;
};

}  // namespace base
}  // namespace parley
