#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/descriptor.hpp"
#include "net/tls.hpp"

namespace parley::net {

/// A client's connection, by TLS or not: bytes in and out, none of it waiting.
class Socket {
 public:
  /// Of a connected, non-blocking TCP socket. Without a context it is plain.
  explicit Socket(Descriptor fd, std::shared_ptr<const TlsContext> tls = nullptr);

  /// How many bytes came, into room for a TLS record (16 KiB) at least; 0 where there are none now, nothing
  /// where there will be none.
  [[nodiscard]] std::optional<std::size_t> receive(std::span<std::uint8_t> into);
  /// How many bytes it took, or nothing where the client is gone. From one thread at a time, which may be
  /// another than receive()'s.
  [[nodiscard]] std::optional<std::size_t> send(std::string_view bytes);
  /// The same for a part of a file, which the kernel sends itself where the socket is plain, and which goes
  /// through `scratch` where it is not. Nothing too where the file is shorter.
  [[nodiscard]] std::optional<std::size_t> send_file(int file, std::uint64_t offset, std::size_t length,
                                                     std::span<std::uint8_t> scratch);
  /// From now on it carries short messages, and no long answers.
  void carry_messages();
  /// Nothing more is sent; the client may still send.
  void end_sending();
  /// Both ways: whoever waits for it hears of its end.
  void abandon();
  void close() { fd_ = Descriptor(); }
  /// What has come and stays there, past TLS; as receive().
  [[nodiscard]] std::optional<std::size_t> peek(std::span<std::uint8_t> into) const;
  /// Forgets what has come, so many bytes at most, past TLS; as receive().
  [[nodiscard]] std::optional<std::size_t> discard(std::size_t most);
  /// Forgets so many of these bytes.
  void skip(std::size_t bytes);
  /// The socket is ready to be read once so many bytes have come.
  void wake_at(std::size_t bytes);
  /// Past TLS, to whom does not speak it.
  void send_in_the_clear(std::string_view bytes);

  [[nodiscard]] int descriptor() const { return fd_.get(); }
  /// Null where it is plain.
  [[nodiscard]] const Tls* tls() const { return tls_.get(); }

 private:
  Descriptor fd_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace parley::net
