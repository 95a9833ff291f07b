#include "conversation.hpp"

#include <utility>

#include "channel_wire.hpp"
#include "overloaded.hpp"

namespace parley {

Conversation::Conversation(std::string peer, std::uint32_t stream, Presence own, bool verifies,
                           std::deque<Output>& outputs)
    : peer_(std::move(peer)), stream_(stream), own_(own), verifies_(verifies), outputs_(outputs) {}

void Conversation::recall(const Heard& heard) {
  their_stream_ = heard.stream;
  receiver_ = ReliableReceiver(heard.last + 1);
}

void Conversation::opened(ConnectionId connection) {
  channel_ = connection;
  greeted_ = false;
  write(channel_wire::encode(channel_wire::Hello{.stream = stream_,
                                                 .first = sender_.first(),
                                                 .received_stream = their_stream_,
                                                 .received = receiver_.acknowledge(),
                                                 .presence = own_,
                                                 .verifies = verifies_}));
}

void Conversation::closed(ConnectionId connection) {
  if (channel_ != connection) return;
  channel_.reset();
  greeted_ = false;
}

std::optional<channel_wire::Verify> Conversation::received(ConnectionId connection, std::string_view text,
                                                           Instant now) {
  std::optional<channel_wire::Verify> verify;
  if (channel_ != connection) return verify;
  auto message = channel_wire::decode(text);
  if (!message) return verify;
  const auto hear = [this](const Presence& presence) {
    theirs_ = presence;
    show();
  };
  std::visit(
      overloaded{
          [&](const channel_wire::Hello& hello) {
            if (greeted_ || hello.stream == 0) return;
            greeted_ = true;
            peer_verifies_ = hello.verifies;
            if (hello.stream != their_stream_) {
              their_stream_ = hello.stream;
              receiver_ = ReliableReceiver(hello.first);
            }
            if (hello.received_stream == stream_) sender_.acknowledge(hello.received);
            hear(hello.presence);
            for (const auto& entry : sender_.unacknowledged()) write(entry.text);
          },
          [&](const channel_wire::PresenceMessage& change) { hear(change.presence); },
          [&](const channel_wire::Ack& ack) { sender_.acknowledge(ack.received); },
          [&](channel_wire::Text& said) {
            // The channel is ordered and reliable, so a gap can only come from a peer that breaks the
            // rules; what it says is then not passed on.
            if (!greeted_ || receiver_.receive(said.sequence, now) != ReliableReceiver::Verdict::accept) {
              return;
            }
            outputs_.emplace_back(output::MessageReceived{
                .peer = peer_, .topic = std::move(said.topic), .text = std::move(said.text)});
          },
          [&](channel_wire::Verify& step) { verify = std::move(step); },
      },
      *message);
  return verify;
}

void Conversation::send(const channel_wire::Verify& step) {
  if (channel_) write(channel_wire::encode(step));
}

void Conversation::let_share(bool may) {
  may_share_ = may;
  show();
}

void Conversation::show() {
  if (!theirs_) return;
  Presence presence = *theirs_;
  presence.screen = presence.screen && may_share_;
  // The first is news even where it is nothing: until then nobody knew.
  if (presence == shown_ && known_) return;
  known_ = true;
  shown_ = presence;
  outputs_.emplace_back(output::PresenceChanged{.peer = peer_, .presence = presence});
}

void Conversation::timeout(Instant now) {
  if (channel_ && due(receiver_.ack_due(), now)) {
    write(channel_wire::encode(channel_wire::Ack{.received = receiver_.acknowledge()}));
  }
}

Deadline Conversation::next_timeout() const {
  return channel_ ? receiver_.ack_due() : Deadline{};
}

bool Conversation::send(const std::string& topic, const std::string& text) {
  if (sender_.full()) return false;
  std::string message =
      channel_wire::encode(channel_wire::Text{.sequence = sender_.next(), .topic = topic, .text = text});
  if (greeted_) write(message);
  sender_.keep(std::move(message));
  return true;
}

void Conversation::set_presence(Presence own) {
  if (own == own_) return;
  own_ = own;
  if (channel_) write(channel_wire::encode(channel_wire::PresenceMessage{.presence = own_}));
}

void Conversation::write(std::string text) {
  outputs_.emplace_back(output::SendChannel{.connection = *channel_, .text = std::move(text)});
}

}  // namespace parley
