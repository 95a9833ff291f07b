#include <utility>

#include "hub/hub_impl.hpp"
#include "hub/rules.hpp"

namespace parley::hub {
namespace {

Failure<Refusal> no_such_member() {
  return refusal(ErrorCode::no_such_peer, "There is no such member in this room.");
}

}  // namespace

Session* Hub::Impl::find_member(std::string_view room, std::string_view id) const {
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : found->second.find(id);
}

Done Hub::Impl::admit(command::Join& join, Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  const Limits& limits = config_.limits;
  join.incarnation = ids_.next();
  if (Done checked = check(join, limits); !checked) return checked;
  if (!join.peer) return refusal(ErrorCode::bad_field, "A member needs an id.");
  auto room = rooms_.find(join.room);
  if (room == rooms_.end() && rooms_.size() >= limits.rooms) {
    return refusal(ErrorCode::too_many_rooms, "This host has as many rooms as it can hold.");
  }
  if (room != rooms_.end() && room->second.members.size() >= limits.peers_per_room) {
    return refusal(ErrorCode::room_full, "This room is full.");
  }
  if (room != rooms_.end() && room->second.find(*join.peer) != nullptr) {
    return refusal(ErrorCode::peer_taken, "A member of this id is in this room already.");
  }
  Room& entered = room == rooms_.end() ? make_room(join.room, nullptr) : room->second;
  const Session& session = seat(entered, {.room = &entered,
                                          .member = {.id = *std::move(join.peer),
                                                     .name = std::move(join.name),
                                                     .meta = std::move(join.meta),
                                                     .incarnation = std::move(join.incarnation),
                                                     .dialect = Dialect::serverpod},
                                          .log = {0, 0},
                                          .joined_at = now});
  outgoing_.note(Notice::Kind::joined, session, "by the application");
  outgoing_.tell_of_newcomer(session);
  remove_doomed();
  return {};
}

Done Hub::Impl::dismiss(std::string_view room, std::string_view id, Outcome& out) {
  outgoing_.begin_turn(out);
  Session* session = find_member(room, id);
  if (session == nullptr) return no_such_member();
  remove(*session, LeaveReason::left);
  remove_doomed();
  return {};
}

Done Hub::Impl::relay(std::string_view room, std::string_view from, command::Signal& signal, Outcome& out) {
  outgoing_.begin_turn(out);
  Session* sender = find_member(room, from);
  if (sender == nullptr) return no_such_member();
  if (signal.to.empty()) {
    for (const auto& other : sender->room->members) {
      if (other.get() == sender) continue;
      command::Signal copy = signal;
      deliver(*sender, *other, copy);
    }
  } else {
    Session* to = sender->room->find(signal.to);
    if (to == nullptr || to == sender) return no_such_member();
    deliver(*sender, *to, signal);
  }
  remove_doomed();
  return {};
}

Done Hub::Impl::announce_joined(std::string_view room, std::string_view id, Outcome& out) {
  outgoing_.begin_turn(out);
  const Session* session = find_member(room, id);
  if (session == nullptr) return no_such_member();
  outgoing_.tell_of_newcomer(*session);
  remove_doomed();
  return {};
}

Done Hub::Impl::announce_left(std::string_view room, std::string_view id, Outcome& out) {
  outgoing_.begin_turn(out);
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return no_such_member();
  const auto& members = found->second.members;
  const auto event =
      std::make_shared<const Event>(event::PeerLeft{.id = std::string(id), .members = members.size()});
  for (const auto& member : members) {
    if (member->member.id != id) outgoing_.tell(*member, event);
  }
  remove_doomed();
  return {};
}

Done Hub::Impl::send_roster(std::string_view room, std::string_view id, Outcome& out) {
  outgoing_.begin_turn(out);
  const Session* session = find_member(room, id);
  if (session == nullptr) return no_such_member();
  if (session->connection == nullptr || resumes(session->member.dialect)) {
    return refusal(ErrorCode::bad_field, "This member has no connection that takes a list of peers.");
  }
  event::Joined list{.room = session->room->name, .self = session->member.id};
  for (const auto& other : session->room->members) {
    if (other.get() != session) list.peers.push_back(other->member);
  }
  outgoing_.answer(*session->connection, std::move(list));
  return {};
}

std::size_t Hub::Impl::clear(std::string_view room, Outcome& out) {
  outgoing_.begin_turn(out);
  auto found = rooms_.find(room);
  const std::size_t left = found == rooms_.end() ? 0 : found->second.members.size();
  // The room goes with its last member; one may take another along.
  for (; found != rooms_.end(); found = rooms_.find(room)) {
    remove(*found->second.members.back(), LeaveReason::closed);
  }
  remove_doomed();
  return left;
}

Done Hub::admit(command::Join join, Instant now, Outcome& out) {
  return impl_->admit(join, now, out);
}

Done Hub::dismiss(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->dismiss(room, id, out);
}

Done Hub::relay(std::string_view room, std::string_view from, command::Signal signal, Outcome& out) {
  return impl_->relay(room, from, signal, out);
}

Done Hub::announce_joined(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->announce_joined(room, id, out);
}

Done Hub::announce_left(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->announce_left(room, id, out);
}

Done Hub::send_roster(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->send_roster(room, id, out);
}

std::size_t Hub::clear(std::string_view room, Outcome& out) {
  return impl_->clear(room, out);
}

std::optional<Stay> Hub::stay(std::string_view room, std::string_view id, Instant now) const {
  const Room* found = impl_->find_room(room);
  const Session* session = found == nullptr ? nullptr : found->find(id);
  if (session == nullptr) return std::nullopt;
  return Stay{.member = session->member, .lasted = now - session->joined_at};
}

std::vector<Stay> Hub::stays(std::string_view room, Instant now) const {
  std::vector<Stay> stays;
  if (const Room* found = impl_->find_room(room)) {
    for (const auto& session : found->members) {
      stays.push_back({.member = session->member, .lasted = now - session->joined_at});
    }
  }
  return stays;
}

}  // namespace parley::hub
