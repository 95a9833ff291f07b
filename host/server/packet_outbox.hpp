#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace parley::server {

/// Packets on their way into a non-blocking SOCK_SEQPACKET socket: what it does not take now waits here.
class PacketOutbox {
 public:
  /// The signaling of hundreds of streams: whoever is this far behind does not read.
  static constexpr std::size_t max_bytes = std::size_t{8} * 1024 * 1024;

  enum class Sent : unsigned char { all, some, failed };

  /// False where no more may wait: the reader is stuck.
  [[nodiscard]] bool put(std::string packet);
  /// Sends what the socket takes now.
  [[nodiscard]] Sent send_to(int fd);
  [[nodiscard]] bool empty() const { return packets_.empty(); }

 private:
  std::deque<std::string> packets_;
  std::size_t bytes_ = 0;
};

}  // namespace parley::server
