#include "hub/streams.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hub/signal_event.hpp"

namespace parley::hub {
namespace {

constexpr std::string_view gateway_id = "gateway";

std::size_t size_of(const command::Signal& signal) {
  return signal.payload.size() + signal.link.size();
}

}  // namespace

Done Streams::publish(Session& publisher, command::Signal& signal) {
  const Room& room = *publisher.room;
  if (room.gateway != nullptr) {
    outgoing_.tell(*room.gateway, signal_event(publisher.member.id, signal));
    return {};
  }
  if (signal.kind == command::SignalKind::offer) {
    if (publisher.waiting == nullptr) {
      const std::string& address = publisher.connection->address;
      if (Done allowed = check_limits(address); !allowed) return allowed;
      pending_.add(publisher.pending.emplace(address));
      publisher.waiting = std::make_unique<WaitingStream>(
          WaitingStream{.patience_ends = waiting_.join(publisher, outgoing_.now())});
      outgoing_.change_stream({.kind = StreamChange::Kind::wanted, .room = room.name, .address = address});
    }
    // What came before belongs to an offer that nobody needs any more.
    publisher.waiting->signals.clear();
    publisher.waiting->bytes = 0;
  }
  // Candidates of an offer that came to nothing, as its publisher was told, are dropped.
  if (publisher.waiting == nullptr) return {};
  return keep(*publisher.waiting, signal);
}

Done Streams::keep(WaitingStream& waiting, command::Signal& signal) const {
  if (waiting.signals.size() >= limits_.waiting_signals ||
      waiting.bytes + size_of(signal) > limits_.waiting_bytes) {
    return refusal(ErrorCode::gateway_unavailable,
                   "The media gateway is not there yet, and this is more than can wait for it.");
  }
  waiting.bytes += size_of(signal);
  waiting.signals.push_back(std::move(signal));
  return {};
}

Done Streams::check_limits(const std::string& address) const {
  const auto too_many = [](std::string sentence) {
    return refusal(ErrorCode::too_many_streams, std::move(sentence));
  };
  if (count_ + waiting_.size() >= limits_.streams)
    return too_many("This host makes HLS of as many streams as it may. Try again later.");
  if (pending_.size() >= std::max<std::size_t>(limits_.streams / limits_.streams_per_pending, 1))
    return too_many("As many streams are about to begin here as may at once. Try again in a moment.");
  if (pending_.of(address) >= limits_.pending_streams_per_address) {
    return too_many(
        "From your address as many streams are about to begin here as may at once. Try again in a moment.");
  }
  return {};
}

Done Streams::join(Connection& gateway, Room* room) {
  Session* publisher = room == nullptr ? nullptr : room->publisher();
  if (gateway.session != nullptr || publisher == nullptr || publisher->waiting == nullptr) {
    return refusal(ErrorCode::nobody_to_stream_to, "No publisher in this room waits for a media gateway.");
  }
  room->gateway =
      std::make_unique<Session>(Session{.room = room,
                                        .member = {.id = std::string(gateway_id), .dialect = gateway.dialect},
                                        .connection = &gateway,
                                        .log = {limits_.replay_messages, limits_.replay_bytes},
                                        .joined_at = outgoing_.now()});
  gateway.session = room->gateway.get();
  ++count_;
  outgoing_.note(Notice::Kind::joined, *room->gateway);
  Member source = publisher->member;
  source.streams = false;  // to everybody but the gateway
  outgoing_.answer(gateway, event::Joined{.room = room->name,
                                          .self = room->gateway->member.id,
                                          .session = config_.make_secret(),
                                          .peers = {std::move(source)},
                                          .ice_servers = config_.ice_servers_for(gateway.account->key),
                                          .limits = limits_});
  auto signals = std::move(publisher->waiting->signals);
  stop_waiting(*publisher);
  for (command::Signal& signal : signals) {
    outgoing_.tell(*room->gateway, signal_event(publisher->member.id, signal));
  }
  return {};
}

Done Streams::relay(const Session& gateway, command::Signal& signal) {
  const Session& publisher = *gateway.room->publisher();
  if (signal.to != publisher.member.id) {
    return refusal(ErrorCode::no_such_peer, "This is not for the publisher in this room.");
  }
  outgoing_.answer(*publisher.connection, signal_event(gateway.member.id, signal));
  return {};
}

void Streams::report(const Session& gateway, command::Report& report) {
  tell_publisher(*gateway.room->publisher(), {report.code, std::move(report.sentence)});
}

void Streams::tell_publisher(const Session& publisher, Refusal why) {
  outgoing_.refuse(*publisher.connection, {.type = "offer"}, std::move(why));
}

void Streams::end_pending(Session& publisher) {
  if (const auto address = std::exchange(publisher.pending, std::nullopt)) pending_.remove(*address);
}

void Streams::stop_waiting(Session& publisher) {
  waiting_.leave(publisher.waiting->patience_ends);
  publisher.waiting.reset();
}

void Streams::remove(Session& gateway, std::string_view why) {
  outgoing_.note(Notice::Kind::left, gateway, why);
  outgoing_.forget(gateway);
  gateway.connection->session = nullptr;
  gateway.room->gateway.reset();
  --count_;
}

void Streams::lose(Session& gateway) {
  const Room& room = *gateway.room;
  end_pending(*room.publisher());
  remove(gateway, "lost");
  outgoing_.change_stream({.kind = StreamChange::Kind::lost, .room = room.name});
  tell_publisher(*room.publisher(), {ErrorCode::gateway_lost,
                                     "The media gateway has let go of this stream. Offer again to go on."});
}

void Streams::end(Session& publisher, StreamChange::Kind how) {
  const Room& room = *publisher.room;
  end_pending(publisher);
  if (room.gateway != nullptr) {
    // The change says how the publisher left, which a message to the gateway's session would not.
    remove(*room.gateway, "left");
  } else if (publisher.waiting != nullptr) {
    stop_waiting(publisher);
  } else {
    return;
  }
  outgoing_.change_stream({.kind = how, .room = room.name});
}

std::optional<Instant> Streams::next_timeout() const {
  return waiting_.due(limits_.gateway_patience);
}

void Streams::expire() {
  while (is_over(next_timeout(), outgoing_.now())) {
    Session& publisher = *waiting_.front().who;
    stop_waiting(publisher);
    end_pending(publisher);
    outgoing_.change_stream({.kind = StreamChange::Kind::lost, .room = publisher.room->name});
    tell_publisher(publisher, {ErrorCode::gateway_unavailable,
                               "This host's media gateway does not answer. Offer again in a moment."});
  }
}

}  // namespace parley::hub
