#pragma once

#include <chrono>

namespace parley {

/// The embedder's monotonic clock: performance.now() in a browser, virtual time in the simulator. The core
/// never reads a clock; every instant comes in with `Session::handle`.
struct SessionClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SessionClock>;
  static constexpr bool is_steady = true;
};

using Instant = SessionClock::time_point;
using Duration = SessionClock::duration;

}  // namespace parley
