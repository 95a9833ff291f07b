#include "hub/relay.hpp"

#include <memory>

#include "hub/signal_event.hpp"

namespace parley::hub {
namespace {

/// An answer that names nobody will be for whoever offered last. Who only offers hears no offer, so that who
/// makes it one has done so in vain, until it answers.
void remember_description(Session& from, Session& to, command::SignalKind kind) {
  const bool offer = kind == command::SignalKind::offer;
  if (only_offers(to.member.dialect)) {
    if (offer || kind == command::SignalKind::answer) from.offered_in_vain = offer;
  } else if (offer && !resumes(to.member.dialect)) {
    to.offered_by = from.member.id;
  }
}

/// Who only offers hears those alone that it has offered to, and not the candidates of an offer made in vain.
bool is_heard(const Session& from, const Session& to) {
  return !only_offers(to.member.dialect) || (to.partner == from.member.id && !from.offered_in_vain);
}

/// Whom a signal to nobody in particular can only be for.
Session* partner_of(const Session& session) {
  const auto& members = session.room->members;
  if (members.size() == 2) return members[members.front().get() == &session ? 1 : 0].get();
  return session.partner.empty() ? nullptr : session.room->find(session.partner);
}

}  // namespace

Done Relay::relay(Connection& connection, const Message& message, command::Signal& signal) {
  if (signal.audience == command::Audience::user) return to_user(connection, signal);
  if (connection.session == nullptr && !signal.enter.empty()) {
    command::Join wish{.room = signal.enter, .peer = signal.enter};
    Done joined = admission_.join(connection, message, wish);
    if (!joined || connection.session == nullptr) return joined;
  }
  if (connection.session == nullptr) return refusal(ErrorCode::not_joined, "Join a room first.");
  Session& session = *connection.session;
  if (Done meant = session.room->check_meant(signal.room); !meant) return meant;
  if (signal.audience == command::Audience::others) return to_others(session, signal);
  if (signal.audience == command::Audience::partner) return to_partner(session, signal);
  Session* const to = session.room->find(signal.to);
  if (to == nullptr || to == &session) {
    return refusal(ErrorCode::no_such_peer,
                   "Whom this is for is not another member of this room; they may have left.");
  }
  deliver(session, *to, signal);
  return {};
}

Done Relay::to_others(Session& session, command::Signal& signal) {
  if (signal.kind == command::SignalKind::answer) {
    Session* to = session.offered_by.empty() ? nullptr : session.room->find(session.offered_by);
    if (to == nullptr) {
      return refusal(ErrorCode::no_such_peer,
                     "There is no offer that this could answer; whoever made it may have left.");
    }
    deliver(session, *to, signal);
    return {};
  }
  if (session.room->members.size() < 2) return {};
  const auto event = signal_event(session.member.id, signal);
  for (const auto& other : session.room->members) {
    if (other.get() == &session) continue;
    remember_description(session, *other, signal.kind);
    if (is_heard(session, *other)) outgoing_.tell(*other, event);
  }
  return {};
}

Done Relay::to_partner(Session& session, command::Signal& signal) {
  if (gateway_) return streams_.publish(session, signal);
  Session* const to = partner_of(session);
  if (to == nullptr) {
    return refusal(
        ErrorCode::nobody_to_stream_to,
        session.room->members.size() < 2
            ? "Nobody is here to take the stream: this host makes no HLS, and no viewer is in this room."
            : "Several viewers are in this room; this host makes no HLS, and without it a stream goes to "
              "one alone.");
  }
  const std::string& room = session.room->name;
  if (!access_.watch({.pass = to->pass}, room, books_.rules_of(room).is_private, outgoing_.now()))
    return refusal(ErrorCode::nobody_to_stream_to, "Who is in this room may not watch the stream.");
  session.partner = to->member.id;
  deliver(session, *to, signal);
  return {};
}

Done Relay::to_user(Connection& connection, command::Signal& signal) {
  const User* from = connection.user;
  if (from == nullptr) return refusal(ErrorCode::not_registered, "Register first.");
  if (signal.to == from->as.name) return refusal(ErrorCode::own_name, "This is your own name.");
  Session* member = connection.session != nullptr ? connection.session->room->find(signal.to) : nullptr;
  if (member != nullptr) {
    deliver(*connection.session, *member, signal);
    return {};
  }
  const User* user = users_.find(signal.to);
  if (user == nullptr) return refusal(ErrorCode::user_offline, "Nobody is online under this name.");
  if (user->joins_by_itself()) {
    return refusal(ErrorCode::no_call,
                   "This user takes signals in the room of a call only. Call them first.");
  }
  outgoing_.answer(*user->connection, signal_event(from->as.name, signal));
  return {};
}

void Relay::deliver(Session& from, Session& to, command::Signal& signal) {
  remember_description(from, to, signal.kind);
  if (is_heard(from, to)) outgoing_.tell(to, signal_event(from.member.id, signal));
}

}  // namespace parley::hub
