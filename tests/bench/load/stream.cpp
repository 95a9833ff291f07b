#include "stream.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace parley::bench {

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::runtime_error("OpenSSL has no context to give");
  SSL_CTX_set_read_ahead(context_.get(), 1);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
}

Stream::Stream(Socket socket, const TlsContext* tls) : socket_(std::move(socket)) {
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls->get()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1)
    throw std::runtime_error("OpenSSL is out of memory");
  SSL_set_connect_state(tls_.get());
}

std::optional<std::size_t> Stream::receive(std::span<char> buffer) {
  if (!tls_) {
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    return errno == EAGAIN || errno == EINTR ? std::nullopt : std::optional<std::size_t>(0);
  }
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &count);
  if (result == 1) return count;
  const int error = SSL_get_error(tls_.get(), result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? std::nullopt
                                                                       : std::optional<std::size_t>(0);
}

std::size_t Stream::send(std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (!tls_) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  ERR_clear_error();
  std::size_t sent = 0;
  return SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent) == 1 ? sent : 0;
}

void Stream::close() {
  tls_.reset();
  socket_.close();
}

}  // namespace parley::bench
