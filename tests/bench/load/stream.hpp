#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "socket.hpp"

namespace parley::bench {

/// What the connections of a TLS client have in common.
class TlsContext {
 public:
  /// Takes any certificate: the server is one that the benchmark has started.
  TlsContext();

  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

/// A socket that does not block, with TLS or without. The handshake is part of the first send() and receive().
class Stream {
 public:
  Stream() = default;
  /// Without TLS where there is no context.
  Stream(Socket socket, const TlsContext* tls);

  [[nodiscard]] int get() const { return socket_.get(); }

  /// How much has been read; 0 once the server has closed or reset it, and nothing where nothing is there yet.
  std::optional<std::size_t> receive(std::span<char> buffer);
  /// Whether there is more that epoll does not know of.
  [[nodiscard]] bool has_more() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }
  /// How much of it has been taken. What is wrong is said by the next receive().
  std::size_t send(std::string_view bytes);

  void close();

 private:
  struct Free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  Socket socket_;
  std::unique_ptr<SSL, Free> tls_;
};

}  // namespace parley::bench
