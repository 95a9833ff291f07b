// The room of a call: who of the two joins by itself is told its name; the other one is put in, and taken
// out again. It is a room like any other, so that all of media, ICE restarts and resumes is the room's.

#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

/// What `other` knows this user as in the room that `other` is in, if both are in it.
Session* member_seen_by(const User& other, const User& user) {
  if (other.connection == nullptr || other.connection->session == nullptr) return nullptr;
  return other.connection->session->room->find(user.as.name);
}

}  // namespace

User* Hub::Impl::party_of_call(const Session& session) {
  User* user = users_.find(session.member.id);
  const bool here = user != nullptr && user->call != nullptr && user->call->room == session.room->name;
  return here ? user : nullptr;
}

void Hub::Impl::open_room(Call& call) {
  const User* guest = call.guest();
  Session* there = guest != nullptr ? guest->connection->session : nullptr;
  call.own_room = there == nullptr;
  call.room = call.own_room ? "call-" + config_.make_secret() : there->room->name;
  // What is true of its protocol is not of a call: here the caller offers.
  if (there != nullptr) there->member.offers = guest == &call.caller;
  for (const User* user : {&call.caller, &call.callee}) {
    if (!user->joins_by_itself()) continue;
    outgoing_.tell(*user, event::CallAccepted{
                              .with = call.other(*user).as, .room = call.room, .id = call.id_for(*user)});
  }
  if (guest == nullptr) return;
  if (const Session* already = member_seen_by(*guest, call.other(*guest))) joined(*already);
}

void Hub::Impl::joined(const Session& newcomer) {
  User* user = party_of_call(newcomer);
  if (user == nullptr || !user->joins_by_itself() || user->call->begun) return;
  Call& call = *user->call;
  User* guest = call.guest();
  if (guest == nullptr) return;
  call.begun = true;
  if (call.own_room) {
    Room& room = *newcomer.room;
    const std::string& id = guest->as.name;
    if (room.find(id) != nullptr || room.members.size() >= config_.limits.peers_per_room) {
      tell_of_end(call, *user, EndReason::gone);
      return end_call(*user, EndReason::gone);
    }
    command::Join wish{
        .room = room.name, .name = id, .incarnation = ids_.next(), .offers = guest == &call.caller};
    rooms_.enter(*guest->connection, room, id, wish);
  }
  if (guest != &call.caller) return;
  outgoing_.tell(*guest, event::CallAccepted{.with = user->as, .id = call.callers_id});
}

Session* Hub::Impl::leaving(const Session& session, LeaveReason reason) {
  User* user = party_of_call(session);
  if (user == nullptr) return nullptr;
  const auto call = user->call;
  const EndReason why = reason == LeaveReason::left ? EndReason::ended : EndReason::gone;
  Session* guest = part(*user);
  // Who left the room did so on another connection than the one that knows of the call.
  tell_of_end(*call, *user, why);
  tell_of_end(*call, call->other(*user), why);
  return guest == &session ? nullptr : guest;
}

void Hub::Impl::tell_of_end(const Call& call, const User& to, EndReason reason) {
  const User& by = call.other(to);
  if (Session* member = member_seen_by(to, by)) member->parted_from = to.as.name;
  outgoing_.tell(to, event::CallEnded{by.as.name, reason, call.id_for(to)});
}

void Hub::Impl::meet_again(const User& one, const User& other) {
  if (Session* member = member_seen_by(one, other)) member->parted_from.clear();
  if (Session* member = member_seen_by(other, one)) member->parted_from.clear();
}

}  // namespace parley::hub
