#include "net/tls_bio.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace parley::net {
namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

const BIO_METHOD* SocketBio::method() {
  // For good: OpenSSL has no word for one that many threads share and nobody destroys.
  static const BIO_METHOD* const made = [] {
    BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "parley socket");
    if (method == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(method, read);
    BIO_meth_set_write_ex(method, write);
    BIO_meth_set_ctrl(method, control);
    return method;
  }();
  return made;
}

BIO* SocketBio::make() {
  BIO* const bio = BIO_new(method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void SocketBio::announce_end() const {
  ::shutdown(fd_, SHUT_RD);
}

int SocketBio::read(BIO* bio, char* into, std::size_t size, std::size_t* taken) {
  auto& self = *static_cast<SocketBio*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *taken = 0;
  const std::size_t most = std::min(size, self.left_);
  const ssize_t received = most > 0 ? ::recv(self.fd_, into, most, 0) : -1;
  if (received > 0) {
    *taken = static_cast<std::size_t>(received);
    self.left_ -= *taken;
    return 1;
  }
  if (most == 0 || (received < 0 && would_block(errno))) BIO_set_retry_read(bio);
  return 0;
}

int SocketBio::write(BIO* bio, const char* from, std::size_t size, std::size_t* taken) {
  auto& self = *static_cast<SocketBio*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *taken = 0;
  const ssize_t sent = ::send(self.fd_, from, size, MSG_NOSIGNAL);
  if (sent > 0) {
    *taken = static_cast<std::size_t>(sent);
    return 1;
  }
  if (sent < 0 && would_block(errno)) BIO_set_retry_write(bio);
  return 0;
}

long SocketBio::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing waits in it
}

}  // namespace parley::net
