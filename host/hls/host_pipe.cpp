#include "hls/host_pipe.hpp"

#include <glib-unix.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "hls/loop.hpp"

namespace parley::hls {

namespace {

/// Far more than a host that is alive leaves unread: a stream has some dozens of messages in all.
constexpr std::size_t max_waiting = 10'000;

}  // namespace

HostPipe::HostPipe(Events events) : events_(std::move(events)), buffer_(pipe::max_packet_bytes) {
  const auto on_readable = [](gint, GIOCondition, gpointer data) -> gboolean {
    static_cast<HostPipe*>(data)->read();
    return G_SOURCE_CONTINUE;
  };
  readable_ = g_unix_fd_add(pipe::gateway_descriptor,
                            static_cast<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR), on_readable, this);
}

HostPipe::~HostPipe() {
  if (readable_ != 0) g_source_remove(readable_);
  if (writable_ != 0) g_source_remove(writable_);
}

void HostPipe::read() {
  while (!ended_) {
    const ssize_t length = recv(pipe::gateway_descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (length <= 0) {
      gone_ = true;
      end();
      return;
    }
    const std::string_view packet(buffer_.data(), static_cast<std::size_t>(length));
    if (auto message = pipe::decode_to_gateway(packet)) {
      events_.message(std::move(*message));
    } else {
      log::line(log::Level::warn, "unknown message", {{"packet", packet.substr(0, packet.find('{'))}});
    }
  }
}

void HostPipe::send(const pipe::ToHost& message) {
  if (ended_) return;
  waiting_.push_back(pipe::encode(message));
  write();
  if (waiting_.size() > max_waiting) end();
}

bool HostPipe::write_one(const std::string& packet) {
  for (;;) {
    if (::send(pipe::gateway_descriptor, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
      return true;
    if (errno == EINTR) continue;
    // Reading sees that the host is gone; a message that is too long for the pipe is lost alone.
    return errno != EAGAIN && errno != EWOULDBLOCK;
  }
}

void HostPipe::write() {
  while (!waiting_.empty() && write_one(waiting_.front())) waiting_.pop_front();
  if (waiting_.empty() || writable_ != 0) return;
  writable_ = g_unix_fd_add(
      pipe::gateway_descriptor, G_IO_OUT,
      [](gint, GIOCondition, gpointer data) -> gboolean {
        auto& self = *static_cast<HostPipe*>(data);
        self.writable_ = 0;
        self.write();
        return G_SOURCE_REMOVE;
      },
      this);
}

void HostPipe::end() {
  if (std::exchange(ended_, true)) return;
  if (readable_ != 0) g_source_remove(std::exchange(readable_, 0));
  waiting_.clear();
  post(events_.ended);
}

}  // namespace parley::hls
