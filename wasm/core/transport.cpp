#include "transport.hpp"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

constexpr int close_going_away = 1000;
constexpr int close_continued_elsewhere = 4001;

}  // namespace

Transport::Transport(Identity identity, Random& random, std::deque<Output>& outputs)
    : identity_(std::move(identity)), random_(random), outputs_(outputs), heartbeat_(limits.heartbeat) {}

void Transport::start(Instant now) {
  if (state_ != State::idle && state_ != State::closed) return;
  attempts_ = 0;
  reason_ = {.code = "connecting", .message = "Connecting to the host."};
  open(now);
}

void Transport::open(Instant now) {
  state_ = State::connecting;
  deadline_ = now + limits.socket_timeout;
  outputs_.emplace_back(output::OpenSocket{
      .socket = ++socket_, .url = identity_.url, .protocol = std::string(wire::subprotocol)});
}

void Transport::leave() {
  if (state_ == State::joined) write(wire::with_ack(wire::encode_leave(sender_.next()), receiver_.last()));
  if (state_ != State::idle && state_ != State::waiting && state_ != State::closed) {
    outputs_.emplace_back(output::CloseSocket{.socket = socket_, .code = close_going_away, .reason = "left"});
  }
  session_.clear();
  give_up({.code = "left", .message = "You left the room."});
}

void Transport::probe(Instant now) {
  if (state_ == State::waiting) {
    attempts_ = 0;
    open(now);
  } else if (state_ == State::joined) {
    write(wire::encode_ping(receiver_.acknowledge()));
    ping_due_.reset();
    pong_due_ = now + limits.probe_grace;
  }
}

void Transport::identify(const wire::Update& update) {
  if (update.name) identity_.join.name = *update.name;
  if (update.meta) identity_.join.meta = *update.meta;
}

void Transport::opened(SocketId socket, Instant now) {
  if (socket != socket_ || state_ != State::connecting) return;
  state_ = State::joining;
  deadline_ = now + limits.socket_timeout;
  wire::Join join = identity_.join;
  if (!session_.empty()) join.resume = {.session = session_, .ack = receiver_.last()};
  write(wire::encode(join));
}

void Transport::closed(SocketId socket, int code, const std::string& reason, Instant now) {
  const bool open = state_ == State::connecting || state_ == State::joining || state_ == State::joined;
  if (socket != socket_ || !open) return;
  if (code == close_continued_elsewhere) {
    give_up({.code = "replaced", .message = "This session continues in another tab or window."});
    return;
  }
  reason_ = {.code = "socket-closed",
             .message = "The connection to the host was lost" + (reason.empty() ? "" : " (" + reason + ")") +
                        "; trying again."};
  wait(now);
}

/// This socket is of no more use, though nobody has closed it.
void Transport::drop(Instant now, Reason reason) {
  outputs_.emplace_back(
      output::CloseSocket{.socket = socket_, .code = close_going_away, .reason = reason.code});
  reason_ = std::move(reason);
  wait(now);
}

/// Exponential backoff with full jitter.
void Transport::wait(Instant now) {
  state_ = State::waiting;
  ping_due_.reset();
  pong_due_.reset();
  stable_at_.reset();
  const Duration most = std::min(limits.backoff_cap, limits.backoff_first * (1U << std::min(attempts_, 10U)));
  ++attempts_;
  deadline_ = now + random_.up_to(most);
}

void Transport::give_up(Reason reason) {
  state_ = State::closed;
  reason_ = std::move(reason);
  deadline_.reset();
  ping_due_.reset();
  pong_due_.reset();
  stable_at_.reset();
}

std::optional<wire::Message> Transport::received(SocketId socket, std::string_view text, Instant now) {
  if (socket != socket_ || (state_ != State::joining && state_ != State::joined)) return std::nullopt;
  ping_due_ = now + heartbeat_;
  pong_due_.reset();
  auto received = wire::decode(text);
  if (!received) return std::nullopt;

  if (const auto* message = std::get_if<wire::Joined>(&received->message)) {
    if (state_ != State::joining) return std::nullopt;
    joined(*message, received->ack.value_or(0), now);
    return std::move(received->message);
  }
  if (state_ == State::joining) {
    if (const auto* error = std::get_if<wire::Error>(&received->message)) {
      refused(*error, now);
      return std::move(received->message);
    }
    return std::nullopt;
  }
  if (received->ack) sender_.acknowledge(*received->ack);
  if (received->sequence) {
    switch (receiver_.receive(*received->sequence, now)) {
      case ReliableReceiver::Verdict::duplicate:
        return std::nullopt;
      case ReliableReceiver::Verdict::gap:
        drop(now, {.code = "message-lost", .message = "A message from the host was lost; resuming."});
        return std::nullopt;
      case ReliableReceiver::Verdict::accept:
        break;
    }
  }
  return std::move(received->message);
}

void Transport::joined(const wire::Joined& joined, Sequence ack, Instant now) {
  state_ = State::joined;
  reason_ = {};
  deadline_.reset();
  stable_at_ = now + limits.stable_after;
  if (joined.heartbeat > Duration::zero()) heartbeat_ = joined.heartbeat;
  ping_due_ = now + heartbeat_;
  session_ = joined.session;
  identity_.join.peer = joined.self;
  if (joined.resumed) {
    sender_.acknowledge(ack);
    for (const auto& entry : sender_.unacknowledged()) write(entry.text);
  } else {
    sender_ = {};
    receiver_ = {};
  }
}

/// The host did not let us in. Most refusals are final: the same join would be refused again.
void Transport::refused(const wire::Error& error, Instant now) {
  if (error.code == "too-fast") {
    drop(now, {.code = error.code, .message = error.message});
    return;
  }
  if (error.code == "peer-taken" && !identity_.chosen_peer && identity_.join.peer) {
    identity_.join.peer.reset();
    drop(now, {.code = error.code, .message = error.message});
    return;
  }
  outputs_.emplace_back(
      output::CloseSocket{.socket = socket_, .code = close_going_away, .reason = error.code});
  session_.clear();
  give_up({.code = error.code, .message = error.message});
}

void Transport::timeout(Instant now) {
  if (due(deadline_, now)) {
    if (state_ == State::waiting) {
      open(now);
    } else {
      drop(now, {.code = "host-silent", .message = "The host does not answer; trying again."});
    }
  }
  if (due(pong_due_, now)) {
    drop(now, {.code = "host-silent", .message = "The host stopped answering; connecting again."});
  }
  if (due(ping_due_, now)) {
    write(wire::encode_ping(receiver_.acknowledge()));
    ping_due_.reset();
    pong_due_ = now + limits.heartbeat_grace;
  }
  if (due(stable_at_, now)) {
    attempts_ = 0;
    stable_at_.reset();
  }
  if (state_ == State::joined && due(receiver_.ack_due(), now)) {
    write(wire::encode_ack(receiver_.acknowledge()));
  }
}

Deadline Transport::next_timeout() const {
  Deadline next = earliest(earliest(deadline_, ping_due_), earliest(pong_due_, stable_at_));
  if (state_ == State::joined) next = earliest(next, receiver_.ack_due());
  return next;
}

void Transport::send(const wire::Signal& signal) {
  send_reliably(wire::encode(signal, sender_.next()));
}

void Transport::send(const wire::Update& update) {
  send_reliably(wire::encode(update, sender_.next()));
}

/// A stream that overflows can't be resumed without a gap: better a fresh join, from which everything
/// recovers.
void Transport::send_reliably(std::string text) {
  if (session_.empty()) return;
  if (sender_.full()) {
    session_.clear();
    return;
  }
  if (state_ == State::joined) write(wire::with_ack(text, receiver_.acknowledge()));
  sender_.keep(std::move(text));
}

void Transport::write(std::string text) {
  outputs_.emplace_back(output::SendSocket{.socket = socket_, .text = std::move(text)});
}

}  // namespace parley
