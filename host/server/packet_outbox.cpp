#include "server/packet_outbox.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace parley::server {

bool PacketOutbox::put(std::string packet) {
  if (bytes_ + packet.size() > max_bytes) return false;
  bytes_ += packet.size();
  packets_.push_back(std::move(packet));
  return true;
}

PacketOutbox::Sent PacketOutbox::send_to(int fd) {
  while (!packets_.empty()) {
    const std::string& packet = packets_.front();
    if (::send(fd, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? Sent::some : Sent::failed;
    }
    bytes_ -= packet.size();
    packets_.pop_front();
  }
  return Sent::all;
}

}  // namespace parley::server
