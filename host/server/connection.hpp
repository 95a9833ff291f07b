#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/exchange.hpp"
#include "server/message_assembly.hpp"
#include "server/outbox.hpp"
#include "server/socket_handler.hpp"

namespace parley::server {

/// One client's WebSocket, as the worker that serves it sees it: frames in, messages to the exchange. All of
/// it runs on that worker's thread but the outbox, which everyone may fill.
class Connection : public SocketHandler {
 public:
  Connection(Exchange& exchange, DialectAt at, std::string client, const FrameLimits& limits,
             std::shared_ptr<Outbox> outbox)
      : exchange_(exchange),
        dialect_(*at.entry),
        place_(std::move(at.place)),
        client_(std::move(client)),
        guard_(limits),
        outbox_(std::move(outbox)) {}

  void open() override;
  void close(CloseReason reason) override;

  [[nodiscard]] bool frame(Opcode opcode, bool last, std::string_view payload) override;
  void finish() override;

  [[nodiscard]] FrameGuard& guard() override { return guard_; }
  [[nodiscard]] hub::ConnectionId id() const override { return id_; }
  [[nodiscard]] CloseReason close_reason() const override { return outbox_->close_reason(); }

 private:
  [[nodiscard]] bool data(Opcode opcode, bool last, std::string_view payload);

  Exchange& exchange_;
  const DialectEntry& dialect_;
  const dialects::Place place_;
  const std::string client_;  // its address
  hub::ConnectionId id_ = 0;  // 0: the hub does not know it
  hub::Parting parting_ = hub::Parting::lost;
  FrameGuard guard_;
  MessageAssembly assembly_;
  std::shared_ptr<Outbox> outbox_;
};

}  // namespace parley::server
