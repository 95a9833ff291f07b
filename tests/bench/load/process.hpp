#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>

namespace parley::bench {

/// What a process has used, from /proc.
struct ProcessUsage {
  std::chrono::microseconds cpu{};  ///< user and system time, in the kernel's ticks (10 ms)
  std::size_t resident_bytes = 0;
};

[[nodiscard]] ProcessUsage usage_of(pid_t process);

}  // namespace parley::bench
