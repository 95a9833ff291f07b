#pragma once

#include <openssl/bio.h>

#include <cstddef>

namespace parley::net {

/// What OpenSSL reads from and writes to: a socket that does not wait. Of what has come it gives no more than
/// what is left of an allowance, and then says that there is nothing: OpenSSL reads records without content for
/// as long as there are any, and one client of these would keep an event loop.
class SocketBio {
 public:
  explicit SocketBio(int fd) : fd_(fd) {}

  /// A BIO over it, which it outlives.
  [[nodiscard]] BIO* make();
  /// From now on so many bytes may be read.
  void allow(std::size_t bytes) { left_ = bytes; }
  /// An end that was read together with content: from now on the socket is ready to be read, as for any other
  /// end.
  void announce_end() const;

 private:
  static const BIO_METHOD* method();
  static int read(BIO* bio, char* into, std::size_t size, std::size_t* taken);
  static int write(BIO* bio, const char* from, std::size_t size, std::size_t* taken);
  static long control(BIO* bio, int command, long number, void* pointer);

  const int fd_;
  std::size_t left_ = 0;
};

}  // namespace parley::net
