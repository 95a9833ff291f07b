#include "hub/room_manager.hpp"

#include <memory>
#include <string>
#include <utility>

#include "hub/rules.hpp"

namespace parley::hub {
namespace {

Failure<Refusal> no_such_member() {
  return refusal(ErrorCode::no_such_peer, "There is no such member in this room.");
}

}  // namespace

Result<Session*, Refusal> RoomManager::member(std::string_view room, std::string_view id) {
  if (Session* session = rooms_.find_member(room, id)) return session;
  return no_such_member();
}

Done RoomManager::admit(command::Join& join) {
  join.incarnation = ids_.incarnation();
  if (Done checked = check(join, limits_); !checked) return checked;
  if (!join.peer) return refusal(ErrorCode::bad_field, "A member needs an id.");
  const Room* const room = rooms_.find(join.room);
  if (room == nullptr && rooms_.all().size() >= limits_.rooms) {
    return refusal(ErrorCode::too_many_rooms, "This host has as many rooms as it can hold.");
  }
  if (room != nullptr && room->members.size() >= limits_.peers_per_room) {
    return refusal(ErrorCode::room_full, "This room is full.");
  }
  if (room != nullptr && room->find(*join.peer) != nullptr) {
    return refusal(ErrorCode::peer_taken, "A member of this id is in this room already.");
  }
  Room& entered = rooms_.open(join.room, nullptr);
  const Session& session = rooms_.add(entered, {.room = &entered,
                                                .member = {.id = *std::move(join.peer),
                                                           .name = std::move(join.name),
                                                           .meta = std::move(join.meta),
                                                           .incarnation = std::move(join.incarnation),
                                                           .dialect = Dialect::serverpod},
                                                .log = {0, 0},
                                                .joined_at = outgoing_.now()});
  outgoing_.note(Notice::Kind::joined, session, "by the application");
  outgoing_.tell_of_newcomer(session);
  return {};
}

Done RoomManager::dismiss(std::string_view room, std::string_view id) {
  const auto found = member(room, id);
  if (!found) return Failure(found.error());
  rooms_.remove(**found, LeaveReason::left);
  return {};
}

Done RoomManager::relay(std::string_view room, std::string_view from, command::Signal& signal) {
  const auto found = member(room, from);
  if (!found) return Failure(found.error());
  Session& sender = **found;
  if (!signal.to.empty()) {
    Session* const to = sender.room->find(signal.to);
    if (to == nullptr || to == &sender) return no_such_member();
    relay_.deliver(sender, *to, signal);
    return {};
  }
  for (const auto& other : sender.room->members) {
    if (other.get() == &sender) continue;
    command::Signal copy = signal;
    relay_.deliver(sender, *other, copy);
  }
  return {};
}

Done RoomManager::announce_joined(std::string_view room, std::string_view id) {
  const auto found = member(room, id);
  if (!found) return Failure(found.error());
  outgoing_.tell_of_newcomer(**found);
  return {};
}

Done RoomManager::announce_left(std::string_view room, std::string_view id) {
  const Room* const found = rooms_.find(room);
  if (found == nullptr) return no_such_member();
  const auto event =
      std::make_shared<const Event>(event::PeerLeft{.id = std::string(id), .members = found->members.size()});
  for (const auto& other : found->members) {
    if (other->member.id != id) outgoing_.tell(*other, event);
  }
  return {};
}

Done RoomManager::send_roster(std::string_view room, std::string_view id) {
  const auto found = member(room, id);
  if (!found) return Failure(found.error());
  const Session& session = **found;
  if (session.connection == nullptr || resumes(session.member.dialect)) {
    return refusal(ErrorCode::bad_field, "This member has no connection that takes a list of peers.");
  }
  event::Joined list{.room = session.room->name, .self = session.member.id};
  for (const auto& other : session.room->members) {
    if (other.get() != &session) list.peers.push_back(other->member);
  }
  outgoing_.answer(*session.connection, std::move(list));
  return {};
}

std::size_t RoomManager::clear(std::string_view room) {
  const Room* found = rooms_.find(room);
  const std::size_t left = found == nullptr ? 0 : found->members.size();
  // The room goes with its last member; one may take another along.
  for (; found != nullptr; found = rooms_.find(room)) {
    rooms_.remove(*found->members.back(), LeaveReason::closed);
  }
  return left;
}

}  // namespace parley::hub
