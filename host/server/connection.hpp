#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "server/exchange.hpp"
#include "server/message_assembly.hpp"

namespace parley::server {

/// One client's WebSocket, as the worker that serves it sees it: frames in, messages to the exchange. All of
/// it runs on that worker's thread but the outbox, which everyone may fill.
class Connection {
 public:
  Connection(Exchange& exchange, DialectAt at, std::size_t max_message_bytes, std::shared_ptr<Outbox> outbox)
      : exchange_(exchange),
        dialect_(*at.entry),
        place_(std::move(at.place)),
        guard_(max_message_bytes),
        outbox_(std::move(outbox)) {}

  /// Makes the client known to the hub.
  void join_exchange();
  /// Ends the connection from this side; the client still has time to answer.
  void close(CloseReason reason);

  /// Takes a frame whose header FrameGuard found fine. Says whether to go on reading.
  [[nodiscard]] bool frame(Opcode opcode, bool last, std::string_view payload);
  /// Reading has ended; says farewell, where there is anybody left to hear it. Nothing of the connection may
  /// be used by other threads once this returns.
  void finish();

  [[nodiscard]] FrameGuard& guard() { return guard_; }
  [[nodiscard]] hub::ConnectionId id() const { return id_; }
  [[nodiscard]] CloseReason close_reason() const { return outbox_->close_reason(); }

 private:
  [[nodiscard]] bool data(Opcode opcode, bool last, std::string_view payload);

  Exchange& exchange_;
  const DialectEntry& dialect_;
  const dialects::Place place_;
  hub::ConnectionId id_ = 0;  // 0: the hub does not know it
  FrameGuard guard_;
  MessageAssembly assembly_;
  std::shared_ptr<Outbox> outbox_;
};

}  // namespace parley::server
