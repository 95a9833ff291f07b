#include "media/packet_outbox.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace parley::media {

void PacketOutbox::put(Stream stream, std::string packet) {
  waiting_[stream] += packet.size();
  packets_.push_back({.stream = stream, .bytes = std::move(packet)});
}

std::size_t PacketOutbox::bytes_of(Stream stream) const {
  const auto found = waiting_.find(stream);
  return found == waiting_.end() ? 0 : found->second;
}

PacketOutbox::Sent PacketOutbox::send_to(int fd) {
  while (!packets_.empty()) {
    const auto& [stream, bytes] = packets_.front();
    if (::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? Sent::some : Sent::failed;
    }
    const auto waiting = waiting_.find(stream);
    waiting->second -= bytes.size();
    if (waiting->second == 0) waiting_.erase(waiting);
    packets_.pop_front();
  }
  return Sent::all;
}

}  // namespace parley::media
