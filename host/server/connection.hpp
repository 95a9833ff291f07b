#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exchange/exchange.hpp"
#include "server/client_socket.hpp"
#include "server/dialects.hpp"

namespace parley::server {

/// One client of a plain dialect: messages in, to the exchange. Its outbox everyone may fill.
class Connection : public ClientSocket {
 public:
  Connection(exchange::Exchange& exchange, DialectAt at, std::shared_ptr<net::Outbox> outbox,
             std::string address, std::string token, Sockets::Ticket ticket)
      : ClientSocket(std::move(outbox), exchange.addresses(), std::move(address), std::move(ticket)),
        exchange_(exchange),
        codec_(*at.codec),
        room_address_(std::move(at.room_address)),
        token_(std::move(token)) {}

  void message(net::Opcode kind, std::string_view payload) override;
  /// Whose address says all, and is heard by listening, is not.
  [[nodiscard]] bool is_to_speak() const override { return codec_.open == nullptr; }
  void probe_answered() override { exchange_.alive(id_); }

 protected:
  void enter() override;
  void leave(std::uint16_t said) override;
  [[nodiscard]] std::uint64_t id() const override { return id_; }

 private:
  exchange::Exchange& exchange_;
  const dialects::Codec& codec_;
  const dialects::RoomAddress room_address_;
  const std::string token_;   // that its address or its request has shown
  hub::ConnectionId id_ = 0;  // 0: the hub does not know it
};

}  // namespace parley::server
