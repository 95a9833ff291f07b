#include "net/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace parley::net {
namespace {

// The kernel otherwise takes up to 4 MiB for a client that does not read, and for some hundreds of them all
// that it has for TCP. What it does not take waits where it is shared, or where it has a limit.
constexpr int unsent_of_answers = 131'072;
constexpr int unsent_of_messages = 16'384;

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

bool is_transient(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

std::optional<std::size_t> receive_from(int fd, void* into, std::size_t size, int flags) {
  for (;;) {
    const ssize_t received = ::recv(fd, into, size, flags);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0) return std::nullopt;
    if (is_transient(errno)) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace

Socket::Socket(Descriptor fd, std::shared_ptr<const TlsContext> tls) : fd_(std::move(fd)) {
  if (tls != nullptr) tls_ = std::make_unique<Tls>(std::move(tls), fd_.get());
  set(fd_.get(), IPPROTO_TCP, TCP_NODELAY, 1);  // a relayed message waits for nothing
  set(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent_of_answers);
}

void Socket::carry_messages() {
  set(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent_of_messages);
}

std::optional<std::size_t> Socket::receive(std::span<std::uint8_t> into) {
  return tls_ ? tls_->receive(into) : receive_from(fd_.get(), into.data(), into.size(), 0);
}

std::optional<std::size_t> Socket::peek(std::span<std::uint8_t> into) const {
  return receive_from(fd_.get(), into.data(), into.size(), MSG_PEEK);
}

std::optional<std::size_t> Socket::discard(std::size_t most) {
  return receive_from(fd_.get(), nullptr, most, MSG_TRUNC);  // TCP takes them without a copy
}

void Socket::skip(std::size_t bytes) {
  static_cast<void>(discard(bytes));
}

void Socket::wake_at(std::size_t bytes) {
  set(fd_.get(), SOL_SOCKET, SO_RCVLOWAT, static_cast<int>(bytes));
}

std::optional<std::size_t> Socket::send(std::string_view bytes) {
  if (tls_) return tls_->send(bytes);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t taken = ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (taken >= 0) {
      sent += static_cast<std::size_t>(taken);
    } else if (is_transient(errno)) {
      break;
    } else if (errno != EINTR) {
      return std::nullopt;
    }
  }
  return sent;
}

std::optional<std::size_t> Socket::send_file(int file, std::uint64_t offset, std::size_t length,
                                             std::span<std::uint8_t> scratch) {
  auto at = static_cast<off_t>(offset);
  if (tls_) {
    const std::size_t piece = std::min(length, scratch.size());
    if (::pread(file, scratch.data(), piece, at) != static_cast<ssize_t>(piece)) return std::nullopt;
    return tls_->send({reinterpret_cast<const char*>(scratch.data()), piece});
  }
  for (;;) {
    const ssize_t sent = ::sendfile(fd_.get(), file, &at, length);
    if (sent > 0) return static_cast<std::size_t>(sent);
    if (sent == 0) return std::nullopt;
    if (is_transient(errno)) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

void Socket::send_in_the_clear(std::string_view bytes) {
  ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Socket::end_sending() {
  if (tls_) tls_->end_sending();
  ::shutdown(fd_.get(), SHUT_WR);
}

void Socket::abandon() {
  ::shutdown(fd_.get(), SHUT_RDWR);
}

}  // namespace parley::net
