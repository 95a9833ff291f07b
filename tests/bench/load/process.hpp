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

/// The most physical memory that a process ever had.
[[nodiscard]] std::size_t peak_resident_bytes(pid_t process);

/// What the kernel holds now for the TCP sockets of the whole machine: bytes that were written and not yet
/// read.
[[nodiscard]] std::size_t kernel_socket_bytes();

}  // namespace parley::bench
