#include "transport.hpp"

#include <utility>

#include "expulsion.hpp"

namespace parley {
namespace {

/// `,"ack":` and the largest number.
constexpr std::size_t ack_bytes = 28;

}  // namespace

Transport::Transport(Identity identity, Random& random, std::deque<Output>& outputs)
    : identity_(std::move(identity)),
      outputs_(outputs),
      token_(identity_.join.token),
      socket_(identity_.url, random, outputs) {}

void Transport::start(Instant now) {
  socket_.start(now);
}

void Transport::leave() {
  // A join that is still on its way may succeed; the host then hears at once that it was for nothing.
  if (socket_.introduced() || joined()) {
    socket_.send(wire::with_ack(wire::encode_leave(sender_.next()), receiver_.last()));
  }
  session_.clear();
  socket_.leave({.code = "left", .message = "You left the room."});
}

void Transport::refuse(Reason reason) {
  session_.clear();
  socket_.leave(std::move(reason));
}

void Transport::probe(Instant now) {
  if (socket_.probe(now)) socket_.send(wire::encode_ping(receiver_.acknowledge()));
}

void Transport::identify(const wire::Update& update) {
  if (update.name) identity_.join.name = *update.name;
  if (update.meta) identity_.join.meta = *update.meta;
  if (socket_.introduced()) changed_since_join_ = true;
}

void Transport::renew(const std::string& token) {
  const std::size_t most = socket_.host_bytes();
  if (wire::encode_renew(token).size() > most) {
    outputs_.emplace_back(output::ErrorRaised{.peer = "", .reason = too_big(most)});
    return;
  }
  token_.replace(token);
  if (joined()) send_token();
}

void Transport::send_token() {
  socket_.send(wire::encode_renew(*token_.current()));
  token_.asked();
}

void Transport::opened(SocketId socket, Instant now) {
  if (!socket_.opened(socket, now)) return;
  wire::Join join = identity_.join;
  join.token = token_.show();
  if (!session_.empty()) join.resume = {.session = session_, .ack = receiver_.last()};
  changed_since_join_ = false;
  socket_.introduce(wire::encode(join));
}

void Transport::closed(SocketId socket, int code, const std::string& reason, Instant now) {
  socket_.closed(socket, code, reason, now);
}

std::optional<wire::Message> Transport::received(SocketId socket, std::string_view text, Instant now) {
  if (!socket_.heard(socket, now)) return std::nullopt;
  auto received = wire::decode(text);
  if (!received) return std::nullopt;

  if (socket_.introduced()) return answered(*received, now);
  if (std::holds_alternative<wire::Joined>(received->message)) return std::nullopt;
  if (received->ack) sender_.acknowledge(*received->ack);
  if (!hear_of_token(received->message, now)) return std::nullopt;
  if (received->sequence) {
    switch (receiver_.receive(*received->sequence, now)) {
      case ReliableReceiver::Verdict::duplicate:
        return std::nullopt;
      case ReliableReceiver::Verdict::gap:
        if (missing_ != receiver_.last() + 1) {
          missing_ = receiver_.last() + 1;
          socket_.drop(now,
                       {.code = "message-lost", .message = "A message from the host was lost; resuming."});
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

/// What a host says before it has let us in: yes, no, or that it asks a moderator.
std::optional<wire::Message> Transport::answered(wire::Received& received, Instant now) {
  if (auto* welcome = std::get_if<wire::Joined>(&received.message)) {
    welcome->resumed = welcome->resumed && !session_.empty();
    joined(*welcome, received.ack.value_or(0), now);
    return std::move(received.message);
  }
  if (std::holds_alternative<wire::WaitingRoom>(received.message)) socket_.held(now);
  const auto* error = std::get_if<wire::Error>(&received.message);
  if (error == nullptr || !refused(*error, now)) return std::nullopt;
  return std::move(received.message);
}

/// Returns false where the stay is over, but a newer token may let us in again.
bool Transport::hear_of_token(const wire::Message& message, Instant now) {
  if (std::holds_alternative<wire::Renewed>(message)) token_.renewed();
  const auto* error = std::get_if<wire::Error>(&message);
  if (error == nullptr) return true;
  if (error->re == "renew") token_.refused(*error);
  if (!ends_stay(*error)) return true;
  session_.clear();
  if (is_about_token(error->code) && token_.is_newer()) {
    socket_.drop(now, {.code = error->code, .message = error->message});
    return false;
  }
  socket_.refused(*error);
  return true;
}

void Transport::joined(const wire::Joined& joined, Sequence ack, Instant now) {
  socket_.welcomed(joined.limits, now);
  session_ = joined.session;
  identity_.join.peer = joined.self;
  // From now on this page is the one that was loaded here last: whoever shows the other secret is another
  // tab.
  identity_.join.former.reset();
  if (joined.resumed) {
    sender_.acknowledge(ack);
    lost_messages_ = sender_.first() > ack + 1;
    for (const auto& entry : sender_.unacknowledged()) socket_.send(entry.text);
  } else {
    sender_ = {};
    receiver_ = {};
    missing_ = 0;
    lost_messages_ = false;
  }
  if (lost_messages_ || (changed_since_join_ && !joined.resumed)) {
    send(wire::Update{.name = identity_.join.name, .meta = identity_.join.meta});
  }
  if (token_.is_newer()) send_token();
}

/// The host did not let us in. Most refusals are final, since the same join would be refused again; returns
/// false for the others, after which another join is tried.
bool Transport::refused(const wire::Error& error, Instant now) {
  const bool taken = error.code == "peer-taken" && !identity_.chosen_peer && identity_.join.peer;
  if (taken) identity_.join.peer.reset();
  const bool renewed = is_about_token(error.code) && token_.is_newer();
  if (error.code == "too-fast" || taken || renewed) {
    socket_.drop(now, {.code = error.code, .message = error.message});
    return false;
  }
  session_.clear();
  socket_.refused(error);
  return true;
}

void Transport::timeout(Instant now) {
  if (socket_.timeout(now)) socket_.send(wire::encode_ping(receiver_.acknowledge()));
  if (joined() && due(receiver_.ack_due(), now)) socket_.send(wire::encode_ack(receiver_.acknowledge()));
}

Deadline Transport::next_timeout() const {
  const Deadline next = socket_.next_timeout();
  return joined() ? earliest(next, receiver_.ack_due()) : next;
}

void Transport::send(const wire::Signal& signal) {
  send_reliably(wire::encode(signal, sender_.next()), signal.peer);
}

void Transport::send(const wire::Update& update) {
  send_reliably(wire::encode(update, sender_.next()), "");
}

void Transport::send(const Moderation& wish) {
  send_reliably(wire::encode(wish, sender_.next()), "");
}

/// `peer`: whom it concerns, if anybody.
void Transport::send_reliably(std::string text, const std::string& peer) {
  if (session_.empty()) return;
  // The host would close the socket, and a resume would send it again.
  const std::size_t most = socket_.host_bytes();
  if (text.size() > most) {
    outputs_.emplace_back(output::ErrorRaised{.peer = peer, .reason = too_big(most)});
    return;
  }
  // Where there is no room for an acknowledgement, it goes by itself when it is due.
  const bool fits = text.size() + ack_bytes <= most;
  if (joined()) socket_.send(fits ? wire::with_ack(text, receiver_.acknowledge()) : text);
  while (sender_.full()) sender_.give_up_oldest();
  sender_.keep(std::move(text));
}

}  // namespace parley
