#include "net/web_socket.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "base/memory_reserve.hpp"

namespace parley::net {
namespace {

constexpr CloseReason no_memory{.code = close_code::try_again_later,
                                .text = "the host has no memory for this message"};

constexpr CloseReason no_room{.code = close_code::try_again_later,
                              .text = "the host has no room for this message now",
                              .limit = "max-received-mb"};
constexpr CloseReason too_slow{
    .code = close_code::policy, .text = "this message took too long", .limit = "message-seconds"};
constexpr CloseReason said_nothing{.code = close_code::policy,
                                   .text = "this client has said nothing for too long",
                                   .limit = "first-message-seconds"};

}  // namespace

WebSocket::WebSocket(EventLoop& loop, Socket socket, std::unique_ptr<SocketHandler> handler,
                     const WebSocketLimits& limits, ReceivedBytes& received, Addresses::Place place)
    : loop_(loop),
      socket_(std::move(socket)),
      handler_(std::move(handler)),
      limits_(limits),
      place_(std::move(place)),
      received_(received),
      frames_(limits.frames) {
  socket_.carry_messages();
}

WebSocket::~WebSocket() {
  tell_handler(close_code::abnormal);
  handler_->outbox()->detach();
}

void WebSocket::begin(std::string early) {
  heard_ = Clock::now();
  if (handler_->is_to_speak()) mute_ = heard_ + limits_.first_message;
  watch_time();
  handler_->outbox()->attach(socket_, loop_, *this);
  loop_.modify(socket_.descriptor(), EPOLLIN, *this);
  handler_->open();
  take({reinterpret_cast<std::uint8_t*>(early.data()), early.size()}, heard_);
}

void WebSocket::ready(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) handler_->outbox()->writable();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(Clock::now());
}

void WebSocket::read(Instant now) {
  const auto scratch = loop_.scratch();
  const auto received = socket_.receive(scratch);
  if (!received) return finish(close_code::abnormal);
  if (*received == 0) return;
  heard_ = now;
  if (!discarding_) take(scratch.first(*received), now);
}

bool WebSocket::take(std::span<std::uint8_t> bytes, Instant now) {
  while (const auto message = frames_.next(bytes, now)) {
    if (!take(*message)) return false;
  }
  if (frames_.violation()) {
    refuse(*frames_.violation());
    return false;
  }
  hold(now);
  return true;
}

/// What has come of a message has its limits while it is not whole: in bytes and in time.
void WebSocket::hold(Instant now) {
  const std::size_t bytes = frames_.held_bytes();
  if (!received_.hold(bytes)) return refuse(no_room);
  if ((bytes > 0) == message_.has_value()) return;
  message_ = bytes > 0 ? std::optional(now + limits_.message) : std::nullopt;
  if (message_ && !closing_) watch_time();
}

bool WebSocket::take(const FrameReader::Message& message) {
  Outbox& outbox = *handler_->outbox();
  switch (message.opcode) {
    case Opcode::close: {
      const CloseReason answer = answer_to_close(message.payload);
      close_now(answer);
      finish(answer.code);
      return false;
    }
    case Opcode::ping:
      outbox.put(Opcode::pong, message.payload);
      outbox.drain();
      return true;
    case Opcode::pong:
      if (outbox.is_answer(message.payload)) handler_->probe_answered();
      return true;
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
      // Only the answer to a close frame still counts (RFC 6455 section 7.1.6).
      if (outbox.closing()) return true;
      mute_.reset();
      handler_->message(message.opcode, message.payload);
      return true;
  }
  return true;
}

void WebSocket::close_now(CloseReason reason) {
  handler_->outbox()->put_close(reason);
  handler_->outbox()->drain();
}

/// A close with unread bytes would be a reset, which may overtake the close frame: so what still comes is
/// read and forgotten.
void WebSocket::refuse(CloseReason reason) {
  discarding_ = true;
  handler_->outbox()->put_close(reason);
  tell_handler(
      close_code::abnormal);  // before it is sent: the others are to see at once that this one is gone
  handler_->outbox()->drain();
  socket_.end_sending();
}

void WebSocket::woken() {
  if (closing_ || !handler_->outbox()->closing()) return;
  closing_ = true;
  loop_.set_deadline(*this, Clock::now() + limits_.close_patience);
}

void WebSocket::watch_time() {
  Instant next = heard_ + limits_.silence;
  for (const auto& due : {mute_, message_})
    if (due) next = std::min(next, *due);
  loop_.set_deadline(*this, next);
}

void WebSocket::due(Instant now) {
  if (closing_ || now >= heard_ + limits_.silence) return finish(close_code::abnormal);
  if (message_ && now >= *message_) return refuse(too_slow);
  if (!mute_ || now < *mute_) return watch_time();
  mute_.reset();
  close_now(said_nothing);
}

void WebSocket::failed() noexcept {
  if (!memory_reserve::survives([this] { close_now(no_memory); })) finish(close_code::abnormal);
}

void WebSocket::tell_handler(std::uint16_t said) noexcept {
  if (std::exchange(told_, true)) return;
  memory_reserve::survives([&] { handler_->closed(said); });
}

void WebSocket::finish(std::uint16_t said) noexcept {
  tell_handler(said);
  handler_->outbox()->detach();
  socket_.close();
  loop_.end(*this);
}

}  // namespace parley::net
