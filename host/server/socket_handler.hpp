#pragma once

#include <string_view>

#include "hub/hub.hpp"
#include "server/frame.hpp"

namespace parley::server {

/// One client's WebSocket, as the worker that serves it sees it. All of it runs on that worker's thread.
class SocketHandler {
 public:
  SocketHandler() = default;
  virtual ~SocketHandler() = default;
  SocketHandler(const SocketHandler&) = delete;
  SocketHandler& operator=(const SocketHandler&) = delete;

  /// Begins; the client is known from now on.
  virtual void open() = 0;
  /// Takes a frame whose header the guard found fine. Says whether to go on reading.
  [[nodiscard]] virtual bool frame(Opcode opcode, bool last, std::string_view payload) = 0;
  /// Ends the connection from this side; the client still has time to answer.
  virtual void close(CloseReason reason) = 0;
  /// Reading has ended. Nothing of the connection may be used by other threads once this returns.
  virtual void finish() = 0;

  [[nodiscard]] virtual FrameGuard& guard() = 0;
  /// For the log; 0 where the hub does not know it.
  [[nodiscard]] virtual hub::ConnectionId id() const = 0;
  [[nodiscard]] virtual CloseReason close_reason() const = 0;
};

}  // namespace parley::server
