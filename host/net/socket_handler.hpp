#pragma once

#include <memory>
#include <string_view>

#include "net/frame.hpp"

namespace parley::net {

class Outbox;

/// What a WebSocket is for. Everything is called on the loop's thread, from open() to closed().
class SocketHandler {
 public:
  SocketHandler() = default;
  virtual ~SocketHandler() = default;
  SocketHandler(const SocketHandler&) = delete;
  SocketHandler& operator=(const SocketHandler&) = delete;

  /// What is sent to the client; the same one each time.
  [[nodiscard]] virtual const std::shared_ptr<Outbox>& outbox() const = 0;
  /// The client can be sent something from now on.
  virtual void open() = 0;
  /// Whether the client is to say something first, and soon.
  [[nodiscard]] virtual bool is_to_speak() const { return true; }
  /// A whole message: text or binary.
  virtual void message(Opcode kind, std::string_view payload) = 0;
  /// The client has answered Outbox::put_probe().
  virtual void probe_answered() {}
  /// The connection has ended. `said` is the client's close code, or what there is none for (1005, 1006).
  virtual void closed(std::uint16_t said) = 0;
};

}  // namespace parley::net
