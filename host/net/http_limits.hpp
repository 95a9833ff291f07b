#pragma once

#include <chrono>
#include <cstddef>

namespace parley::net {

/// What a client may take of the front while it speaks HTTP.
struct HttpLimits {
  /// Of a request. A description is 5 to 10 KiB; whoever wants more than this sends it to another server.
  std::size_t body_bytes = std::size_t{128} * 1024;
  /// From a request's first byte to the end of its head, and from there to the end of its body. A new connection
  /// may be silent for as long as a head may take.
  std::chrono::milliseconds head{10'000};
  std::chrono::milliseconds body{10'000};
  /// Between two requests.
  std::chrono::milliseconds idle{30'000};
  /// For a client that takes nothing of its answer.
  std::chrono::milliseconds unread{30'000};
  /// For a client that is to end its side after the last answer; and how much of what it still sends is taken,
  /// several times the longest request. What comes then waits in the kernel.
  std::chrono::milliseconds farewell{2'000};
  std::size_t farewell_bytes = std::size_t{1} * 1024 * 1024;
};

}  // namespace parley::net
