#include "server/connection.hpp"

#include "server/memory_reserve.hpp"
#include "server/worker_socket.hpp"
#include "server/writer.hpp"

namespace parley::server {
namespace {

/// A browser closes with 1001 when its page goes away (WebSockets standard, "make disappear").
hub::Parting parting_of(std::string_view close_payload) {
  return answer_to_close(close_payload).code == close_code::going_away ? hub::Parting::goodbye
                                                                       : hub::Parting::lost;
}

}  // namespace

void Connection::close(CloseReason reason) {
  outbox_->put_close(reason);
  outbox_->drain();
}

bool Connection::frame(Opcode opcode, bool last, std::string_view payload) {
  switch (opcode) {
    case Opcode::close:
      parting_ = parting_of(payload);
      close(answer_to_close(payload));
      return false;
    case Opcode::ping:
      outbox_->put(Opcode::pong, payload);
      outbox_->drain();
      return true;
    case Opcode::pong:
      if (outbox_->is_answer(payload)) exchange_.alive(id_);
      return true;
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
      return data(opcode, last, payload);
  }
  return false;
}

bool Connection::data(Opcode opcode, bool last, std::string_view payload) {
  // Only the answer to the close frame still counts (RFC 6455 section 7.1.6).
  if (outbox_->closing()) return true;
  const auto message = assembly_.add(opcode, last, payload);
  if (!message) return true;
  if (message->kind == Opcode::binary) {
    close({.code = close_code::not_text, .text = "messages are text here"});
  } else {
    exchange_.message(id_, dialect_.decode(message->payload, place_));
  }
  return true;
}

void Connection::open() {
  id_ = exchange_.connected(outbox_, dialect_.dialect, hub::Role::client, client_);
  if (dialect_.open != nullptr) exchange_.message(id_, dialect_.open(place_));
}

void Connection::finish() {
  // The hub first: the others are to see at once that this one is gone.
  const bool gone = memory_reserve::survives([this] {
    if (id_ != 0) exchange_.disconnected(id_, parting_);
  });
  if (const auto& violation = guard_.violation(); violation && gone && !worker_socket::lost()) {
    if (memory_reserve::survives([&] { close(*violation); }))
      worker_socket::say_end_and_discard(close_patience);
  }
  outbox_->detach();
}

}  // namespace parley::server
