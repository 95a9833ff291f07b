#include <memory>
#include <utility>

#include "hub/hub_impl.hpp"
#include "hub/signal_event.hpp"

namespace parley::hub {
namespace {

/// An answer that names nobody will be for whoever offered last. Who only offers hears no offer, so that who
/// makes it one has done so in vain, until it answers.
void remember_description(Session& from, Session& to, command::Carries carries) {
  const bool offer = carries == command::Carries::offer;
  if (only_offers(to.member.dialect)) {
    if (offer || carries == command::Carries::answer) from.offered_in_vain = offer;
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

void Hub::Impl::relay(Connection& connection, const Message& message, command::Signal& signal) {
  if (signal.audience == command::Audience::user) return relay_to_user(connection, message, signal);
  if (connection.session == nullptr && !signal.enter.empty()) {
    command::Join wish{.room = signal.enter, .peer = signal.enter};
    join(connection, message, wish);
    if (connection.session == nullptr) return;
  }
  if (connection.session == nullptr) {
    return outgoing_.refuse(connection, message, {ErrorCode::not_joined, "Join a room first."});
  }
  Session& session = *connection.session;
  if (!session.room->is_meant(signal.room)) return refuse_other_room(connection, message);
  if (signal.audience == command::Audience::others) return relay_to_others(session, message, signal);

  const bool to_partner = signal.audience == command::Audience::partner;
  if (to_partner && config_.gateway) {
    if (Done published = streams_.publish(session, signal); !published)
      outgoing_.refuse(connection, message, std::move(published.error()));
    return;
  }
  Session* to = to_partner ? partner_of(session) : session.room->find(signal.to);
  if (to == nullptr && to_partner) {
    return outgoing_.refuse(
        connection, message,
        {ErrorCode::nobody_to_stream_to,
         session.room->members.size() < 2
             ? "Nobody is here to take the stream: this host makes no HLS, and no viewer is in this room."
             : "Several viewers are in this room; this host makes no HLS, and without it a stream goes to "
               "one alone."});
  }
  if (to == nullptr || to == &session) {
    return outgoing_.refuse(connection, message,
                            {ErrorCode::no_such_peer,
                             "Whom this is for is not another member of this room; they may have left."});
  }
  if (to_partner) session.partner = to->member.id;
  deliver(session, *to, signal);
}

void Hub::Impl::relay_to_others(Session& session, const Message& message, command::Signal& signal) {
  if (signal.carries == command::Carries::answer) {
    Session* to = session.offered_by.empty() ? nullptr : session.room->find(session.offered_by);
    if (to != nullptr) return deliver(session, *to, signal);
    return outgoing_.refuse(*session.connection, message,
                            {ErrorCode::no_such_peer,
                             "There is no offer that this could answer; whoever made it may have left."});
  }
  if (session.room->members.size() < 2) return;
  const auto event = signal_event(session.member.id, signal);
  for (const auto& other : session.room->members) {
    if (other.get() == &session) continue;
    remember_description(session, *other, signal.carries);
    if (is_heard(session, *other)) outgoing_.tell(*other, event);
  }
}

void Hub::Impl::relay_to_user(Connection& connection, const Message& message, command::Signal& signal) {
  const User* from = connection.user;
  if (from == nullptr) {
    return outgoing_.refuse(connection, message, {ErrorCode::not_registered, "Register first."});
  }
  if (signal.to == from->as.name) {
    return outgoing_.refuse(connection, message, {ErrorCode::own_name, "This is your own name."});
  }
  Session* member = connection.session != nullptr ? connection.session->room->find(signal.to) : nullptr;
  if (member != nullptr) return deliver(*connection.session, *member, signal);
  const User* user = users_.find(signal.to);
  if (user == nullptr) {
    return outgoing_.refuse(connection, message,
                            {ErrorCode::user_offline, "Nobody is online under this name."});
  }
  if (user->joins_by_itself()) {
    return outgoing_.refuse(
        connection, message,
        {ErrorCode::no_call, "This user takes signals in the room of a call only. Call them first."});
  }
  outgoing_.answer(*user->connection, signal_event(from->as.name, signal));
}

void Hub::Impl::deliver(Session& from, Session& to, command::Signal& signal) {
  remember_description(from, to, signal.carries);
  if (is_heard(from, to)) outgoing_.tell(to, signal_event(from.member.id, signal));
}

void Hub::Impl::refuse_other_room(Connection& connection, const Message& message) {
  outgoing_.refuse(
      connection, message,
      {ErrorCode::not_joined, "You are in room \"" + connection.session->room->name +
                                  "\", and this names another. Leave the one and join the other first."});
}

}  // namespace parley::hub
