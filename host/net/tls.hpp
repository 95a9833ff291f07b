#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "net/tls_bio.hpp"

namespace parley::net {

/// A certificate with its chain, and its private key, both in PEM.
struct KeyPair {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// What TLS connections begin with: TLS 1.2 or 1.3, no renegotiation, sessions resumed by tickets. Of several
/// certificates a client gets the first that names the server which it asks for (SNI, RFC 6066 section 3), or
/// the first of all.
class TlsContext {
 public:
  /// Reads them; or says in a sentence what is wrong with one: missing, not for its key, expired.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>, std::string> load(
      const std::vector<KeyPair>& pairs);

  /// For one connection, on this socket.
  [[nodiscard]] SSL* make() const;

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Context = std::unique_ptr<SSL_CTX, Free>;

  static int choose(SSL* ssl, int* alert, void* self);

  std::vector<Context> contexts_;
};

/// The TLS of one connection (RFC 8446). The handshake happens in the first calls of receive().
class Tls {
 public:
  Tls(std::shared_ptr<const TlsContext> context, int fd);

  /// As Socket's, which see. `into` has room for three records: 50,112 bytes.
  [[nodiscard]] std::optional<std::size_t> receive(std::span<std::uint8_t> into);
  [[nodiscard]] std::optional<std::size_t> send(std::string_view bytes);
  /// Tells the client that nothing more comes (close_notify).
  void end_sending();

  /// Why there will be nothing more, where that was the client's handshake; empty otherwise.
  [[nodiscard]] std::string_view fault() const { return fault_; }
  /// It spoke HTTP without TLS.
  [[nodiscard]] bool is_cleartext() const { return cleartext_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  static void count_key_updates(int is_sent, int version, int type, const void* message, std::size_t size,
                                SSL* ssl, void* self);
  void find_fault();

  const std::shared_ptr<const TlsContext> context_;  // which the handshake asks
  std::mutex mutex_;                                 // OpenSSL lets one thread at a time use a connection
  SocketBio socket_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string_view fault_;
  bool cleartext_ = false;
  int key_updates_ = 0;  // in a row
};

}  // namespace parley::net
