#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace parley::media {

/// Packets on their way into a non-blocking SOCK_SEQPACKET socket: what it does not take now waits here.
class PacketOutbox {
 public:
  using Stream = std::uint64_t;

  enum class Sent : unsigned char { all, some, failed };

  void put(Stream stream, std::string packet);
  /// Of one stream's, that wait.
  [[nodiscard]] std::size_t bytes_of(Stream stream) const;
  /// Sends what the socket takes now.
  [[nodiscard]] Sent send_to(int fd);
  [[nodiscard]] bool empty() const { return packets_.empty(); }
  [[nodiscard]] std::size_t size() const { return packets_.size(); }

 private:
  struct Packet {
    Stream stream;
    std::string bytes;
  };

  std::deque<Packet> packets_;
  std::map<Stream, std::size_t> waiting_;  // bytes
};

}  // namespace parley::media
