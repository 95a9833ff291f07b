#include "server/connection.hpp"

namespace parley::server {

void Connection::message(net::Opcode kind, std::string_view payload) {
  if (kind == net::Opcode::binary)
    return close({.code = net::close_code::not_text, .text = "messages are text here"});
  hub::Message message = codec_.decode(payload, room_address_);
  message.bytes = payload.size();
  if (!token_.empty()) hub::show(message.command, token_);
  exchange_.message(id_, std::move(message));
}

void Connection::enter() {
  id_ = exchange_.connected(outbox(), codec_.dialect, hub::Role::client, address(), token_);
  if (codec_.open != nullptr) exchange_.message(id_, codec_.open(room_address_));
}

void Connection::leave(std::uint16_t said) {
  // A browser closes with 1001 when its page goes away (WebSockets standard, "make disappear").
  const auto parting = said == net::close_code::going_away ? hub::Parting::goodbye : hub::Parting::lost;
  if (id_ != 0) exchange_.disconnected(id_, parting);
}

}  // namespace parley::server
