#pragma once

#include <chrono>

namespace parley::hub {

/// The hub never reads a clock: every instant comes in with a call. The server hands in steady_clock::now(),
/// the simulator a number of its own.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

}  // namespace parley::hub
