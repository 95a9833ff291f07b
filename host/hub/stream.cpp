#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/overloaded.hpp"
#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

constexpr std::string_view gateway_id = "gateway";

std::size_t size_of(const command::Signal& signal) {
  return signal.payload.size() + signal.link.size();
}

}  // namespace

void Hub::Impl::perform_for_gateway(Connection& gateway, Message& message) {
  // What it says to a publisher that has just left is nobody's fault, and for nobody.
  const auto seated_only = [&](auto&& act) {
    if (gateway.session != nullptr) act(*gateway.session);
  };
  std::visit(
      overloaded{
          [&](const command::Join& wish) { seat_gateway(gateway, message, wish); },
          [&](command::Signal& signal) {
            seated_only([&](const Session& session) { relay_to_publisher(session, message, signal); });
          },
          [&](const command::Flows&) {
            seated_only([&](const Session& session) { settle_stream(*session.room->publisher()); });
          },
          [&](command::Report& said) { seated_only([&](const Session& session) { report(session, said); }); },
          [&](const command::Leave&) { seated_only([&](Session& session) { lose_gateway(session); }); },
          [&](const command::Ping&) { outgoing_.pong(gateway); },
          // It has nothing else to say that would concern anybody.
          [](const auto&) {},
      },
      message.command);
}

void Hub::Impl::stream(Session& publisher, const Message& message, command::Signal& signal) {
  const Room& room = *publisher.room;
  if (room.gateway != nullptr) return outgoing_.tell(*room.gateway, carried(publisher.member.id, signal));

  if (signal.carries == command::Carries::offer) {
    if (publisher.waiting == nullptr) {
      const std::string& address = publisher.connection->address;
      if (const auto why = why_no_place(address); !why.empty())
        return outgoing_.refuse(*publisher.connection, message,
                                {ErrorCode::too_many_streams, std::string(why)});
      pending_.add(publisher.pending.emplace(address));
      publisher.waiting = std::make_unique<WaitingStream>(
          WaitingStream{.patience_ends = waiting_.join(publisher, outgoing_.now())});
      outgoing_.change_stream(
          {.kind = StreamChange::Kind::wanted, .room = room.name, .address = publisher.connection->address});
    }
    // What came before it belongs to an offer that nobody needs any more.
    publisher.waiting->signals.clear();
    publisher.waiting->bytes = 0;
  }
  // The candidates of an offer that came to nothing, of which its publisher was told.
  if (publisher.waiting == nullptr) return;
  keep_waiting(publisher, message, signal);
}

void Hub::Impl::keep_waiting(Session& publisher, const Message& message, command::Signal& signal) {
  WaitingStream& waiting = *publisher.waiting;
  const Limits& limits = config_.limits;
  if (waiting.signals.size() >= limits.waiting_signals ||
      waiting.bytes + size_of(signal) > limits.waiting_bytes) {
    return outgoing_.refuse(*publisher.connection, message,
                            {ErrorCode::gateway_unavailable,
                             "The media gateway is not there yet, and this is more than can wait for it."});
  }
  waiting.bytes += size_of(signal);
  waiting.signals.push_back(std::move(signal));
}

void Hub::Impl::seat_gateway(Connection& gateway, const Message& message, const command::Join& join) {
  const auto found = rooms_.find(join.room);
  Session* publisher = found == rooms_.end() ? nullptr : found->second.publisher();
  if (gateway.session != nullptr || publisher == nullptr || publisher->waiting == nullptr) {
    return outgoing_.refuse(
        gateway, message,
        {ErrorCode::nobody_to_stream_to, "No publisher in this room waits for a media gateway."});
  }
  Room& room = found->second;
  room.gateway =
      std::make_unique<Session>(Session{.room = &room,
                                        .member = {.id = std::string(gateway_id), .dialect = gateway.dialect},
                                        .connection = &gateway,
                                        .log = {config_.limits.replay_messages, config_.limits.replay_bytes},
                                        .joined_at = outgoing_.now()});
  gateway.session = room.gateway.get();
  ++streams_;
  outgoing_.note(Notice::Kind::joined, *room.gateway, {});
  Member source = publisher->member;
  source.streams = false;  // to everybody but the gateway
  outgoing_.answer(gateway, event::Joined{.room = room.name,
                                          .self = room.gateway->member.id,
                                          .session = config_.make_secret(),
                                          .peers = {std::move(source)},
                                          .ice_servers = config_.ice_servers,
                                          .limits = config_.limits});
  auto signals = std::move(publisher->waiting->signals);
  stop_waiting(*publisher);
  for (command::Signal& signal : signals)
    outgoing_.tell(*room.gateway, carried(publisher->member.id, signal));
}

void Hub::Impl::relay_to_publisher(const Session& gateway, const Message& message, command::Signal& signal) {
  const Session& publisher = *gateway.room->publisher();
  if (signal.to != publisher.member.id) {
    return outgoing_.refuse(*gateway.connection, message,
                            {ErrorCode::no_such_peer, "This is not for the publisher in this room."});
  }
  outgoing_.answer(*publisher.connection, carried(gateway.member.id, signal));
}

void Hub::Impl::report(const Session& gateway, command::Report& report) {
  const Session* publisher = gateway.room->publisher();
  tell_publisher(*publisher, report.code, std::move(report.sentence));
}

void Hub::Impl::tell_publisher(const Session& publisher, ErrorCode code, std::string sentence) {
  outgoing_.refuse(*publisher.connection, {.type = "offer"}, {code, std::move(sentence)});
}

std::string_view Hub::Impl::why_no_place(const std::string& address) const {
  const Limits& limits = config_.limits;
  if (streams_ + waiting_.size() >= limits.streams)
    return "This host makes HLS of as many streams as it may. Try again later.";
  if (pending_.size() >= std::max<std::size_t>(limits.streams / limits.streams_per_pending, 1))
    return "As many streams are about to begin here as may at once. Try again in a moment.";
  if (pending_.of(address) >= limits.pending_streams_per_address)
    return "From your address as many streams are about to begin here as may at once. Try again in a moment.";
  return {};
}

void Hub::Impl::settle_stream(Session& publisher) {
  if (const auto address = std::exchange(publisher.pending, std::nullopt)) pending_.remove(*address);
}

void Hub::Impl::stop_waiting(Session& publisher) {
  waiting_.leave(publisher.waiting->patience_ends);
  publisher.waiting.reset();
}

void Hub::Impl::give_up_waiting(Session& publisher) {
  stop_waiting(publisher);
  settle_stream(publisher);
  outgoing_.change_stream({.kind = StreamChange::Kind::lost, .room = publisher.room->name});
  tell_publisher(publisher, ErrorCode::gateway_unavailable,
                 "This host's media gateway does not answer. Offer again in a moment.");
}

void Hub::Impl::unseat_gateway(Session& gateway, std::string_view why) {
  outgoing_.note(Notice::Kind::left, gateway, why);
  outgoing_.settle_ack(gateway);
  gateway.connection->session = nullptr;
  gateway.room->gateway.reset();
  --streams_;
}

void Hub::Impl::lose_gateway(Session& gateway) {
  const Room& room = *gateway.room;
  settle_stream(*room.publisher());
  unseat_gateway(gateway, "lost");
  outgoing_.change_stream({.kind = StreamChange::Kind::lost, .room = room.name});
  tell_publisher(*room.publisher(), ErrorCode::gateway_lost,
                 "The media gateway has let go of this stream. Offer again to go on.");
}

void Hub::Impl::end_stream(Session& publisher, StreamChange::Kind how) {
  const Room& room = *publisher.room;
  settle_stream(publisher);
  if (room.gateway != nullptr) {
    // The change tells more than its Session would hear: how the publisher left.
    unseat_gateway(*room.gateway, "left");
  } else if (publisher.waiting != nullptr) {
    stop_waiting(publisher);
  } else {
    return;
  }
  outgoing_.change_stream({.kind = how, .room = room.name});
}

}  // namespace parley::hub
