#include "transport.hpp"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

constexpr int close_normal = 1000;
constexpr int close_continued_elsewhere = 4001;

/// `,"ack":` and the largest number, for a message that is kept without.
constexpr std::size_t ack_bytes = 28;

Reason too_big(std::size_t most) {
  return {.code = "message-too-big",
          .message = "The host takes messages of at most " + std::to_string(most) +
                     " bytes; this one was not sent."};
}

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
  // A join that is still on its way may succeed; the host then hears at once that it was for nothing.
  if (state_ == State::joining || state_ == State::joined) {
    write(wire::with_ack(wire::encode_leave(sender_.next()), receiver_.last()));
  }
  if (state_ != State::idle && state_ != State::waiting && state_ != State::closed) {
    outputs_.emplace_back(output::CloseSocket{.socket = socket_, .code = close_normal, .reason = "left"});
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
    // A network that changes all the time must not put off the answer's time for ever.
    pong_due_ = earliest(pong_due_, now + limits.probe_grace);
  }
}

void Transport::identify(const wire::Update& update) {
  if (update.name) identity_.join.name = *update.name;
  if (update.meta) identity_.join.meta = *update.meta;
  if (state_ == State::joining) changed_since_join_ = true;
}

void Transport::opened(SocketId socket, Instant now) {
  if (socket != socket_ || state_ != State::connecting) return;
  state_ = State::joining;
  deadline_ = now + limits.socket_timeout;
  wire::Join join = identity_.join;
  if (!session_.empty()) join.resume = {.session = session_, .ack = receiver_.last()};
  changed_since_join_ = false;
  std::string text = wire::encode(join);
  if (text.size() > host_bytes_) {
    outputs_.emplace_back(
        output::CloseSocket{.socket = socket_, .code = close_normal, .reason = "message-too-big"});
    give_up(too_big(host_bytes_));
    return;
  }
  write(std::move(text));
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
  outputs_.emplace_back(output::CloseSocket{.socket = socket_, .code = close_normal, .reason = reason.code});
  reason_ = std::move(reason);
  wait(now);
}

/// Exponential backoff with full jitter.
void Transport::wait(Instant now) {
  if (due(stable_at_, now)) attempts_ = 0;
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

  if (auto* message = std::get_if<wire::Joined>(&received->message)) {
    if (state_ != State::joining) return std::nullopt;
    message->resumed = message->resumed && !session_.empty();
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
        if (missing_ != receiver_.last() + 1) {
          missing_ = receiver_.last() + 1;
          drop(now, {.code = "message-lost", .message = "A message from the host was lost; resuming."});
          return std::nullopt;
        }
        // Nor did resuming bring it: better to go on without it than to resume for ever.
        receiver_.give_up_before(*received->sequence);
        (void)receiver_.receive(*received->sequence, now);
        break;
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
  if (joined.message_bytes > 0) host_bytes_ = joined.message_bytes;
  ping_due_ = now + heartbeat_;
  session_ = joined.session;
  identity_.join.peer = joined.self;
  if (joined.resumed) {
    sender_.acknowledge(ack);
    lost_messages_ = sender_.first() > ack + 1;
    for (const auto& entry : sender_.unacknowledged()) write(entry.text);
  } else {
    sender_ = {};
    receiver_ = {};
    missing_ = 0;
    lost_messages_ = false;
  }
  if (lost_messages_ || (changed_since_join_ && !joined.resumed)) {
    send(wire::Update{.name = identity_.join.name, .meta = identity_.join.meta});
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
  outputs_.emplace_back(output::CloseSocket{.socket = socket_, .code = close_normal, .reason = error.code});
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
  if (state_ == State::joined && due(receiver_.ack_due(), now)) {
    write(wire::encode_ack(receiver_.acknowledge()));
  }
}

Deadline Transport::next_timeout() const {
  Deadline next = earliest(deadline_, earliest(ping_due_, pong_due_));
  if (state_ == State::joined) next = earliest(next, receiver_.ack_due());
  return next;
}

void Transport::send(const wire::Signal& signal) {
  send_reliably(wire::encode(signal, sender_.next()), signal.peer);
}

void Transport::send(const wire::Update& update) {
  send_reliably(wire::encode(update, sender_.next()), "");
}

/// `peer`: whom it concerns, if anybody.
void Transport::send_reliably(std::string text, const std::string& peer) {
  if (session_.empty()) return;
  // The host would close the socket, and a resume would send it again.
  if (text.size() + ack_bytes > host_bytes_) {
    outputs_.emplace_back(output::ErrorRaised{.peer = peer, .reason = too_big(host_bytes_)});
    return;
  }
  if (state_ == State::joined) write(wire::with_ack(text, receiver_.acknowledge()));
  while (sender_.full()) sender_.give_up_oldest();
  sender_.keep(std::move(text));
}

void Transport::write(std::string text) {
  outputs_.emplace_back(output::SendSocket{.socket = socket_, .text = std::move(text)});
}

}  // namespace parley
