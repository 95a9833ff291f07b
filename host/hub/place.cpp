// Rooms, places in them and names are counted per address. Who is away makes place for somebody who is there:
// in a full room, among all rooms and names, and among those of one address.

#include <algorithm>
#include <string>
#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

constexpr Close publisher_came{4001, "the camera whose room this is has come"};

bool is_away(const std::unique_ptr<Session>& session) {
  return session->member.away;
}

/// Who has been away for the longest.
Session* longest_away(const Room& room) {
  Session* longest = nullptr;
  for (const auto& session : room.members) {
    if (!session->window_closes) continue;
    if (longest == nullptr || (*session->window_closes)->since < (*longest->window_closes)->since) {
      longest = session.get();
    }
  }
  return longest;
}

/// The same of two lines.
User* longest_away(const TimeoutQueue<User>& one, const TimeoutQueue<User>& other) {
  if (one.empty() && other.empty()) return nullptr;
  const bool first = other.empty() || (!one.empty() && one.front().since <= other.front().since);
  return first ? one.front().who : other.front().who;
}

/// Without the publisher, which has a place of its own.
std::size_t people_in(const Room& room) {
  return room.members.size() - (room.publisher() != nullptr ? 1 : 0);
}

std::string in_seconds(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return "Try again in " + std::to_string(std::max<std::chrono::seconds::rep>(seconds, 1)) + " s.";
}

}  // namespace

Done Hub::Impl::make_place(Connection& connection, const command::Join& join) {
  const Limits& limits = config_.limits;
  Account& account = *connection.account;
  const auto address_full = [](const std::string& what, std::size_t most) {
    return refusal(ErrorCode::address_full, "Your network address has " + std::to_string(most) + ' ' + what +
                                                " here already, which is all it may have. Try again when "
                                                "somebody there has left.");
  };
  const auto make_place_of_account = [&](const std::size_t& held, std::size_t most) {
    while (held >= most && !account.away.empty()) remove(*account.away.front().who, LeaveReason::timeout);
    return held < most;
  };
  const std::size_t places = account.allowance(limits.places_per_address);
  if (!make_place_of_account(account.places, places)) return address_full("people in rooms", places);

  if (const auto room = rooms_.find(join.room); room != rooms_.end()) {
    if (only_offers(connection.dialect) || people_in(room->second) < limits.peers_per_room) return {};
    Session* away = longest_away(room->second);
    if (away == nullptr) {
      return refusal(ErrorCode::room_full, "This room is full (" + std::to_string(limits.peers_per_room) +
                                               " people). Try again later, or make another room.");
    }
    remove(*away, LeaveReason::timeout);
    return {};
  }

  const std::size_t rooms = account.allowance(limits.rooms_per_address);
  if (!make_place_of_account(account.rooms, rooms)) return address_full("rooms", rooms);
  // Which takes as many turns as that room has members.
  while (rooms_.size() >= limits.rooms && !deserted_.empty()) {
    remove(*deserted_.front().who->members.back(), LeaveReason::timeout);
  }
  if (rooms_.size() >= limits.rooms) {
    return refusal(ErrorCode::too_many_rooms, "This host has as many rooms as it can hold. Try again later.");
  }
  return {};
}

/// Its number is its own: who has taken that for an id in its room, and does not publish, goes.
void Hub::Impl::make_place_for_publisher(const Connection& connection, const command::Join& join) {
  if (!only_offers(connection.dialect) || join.peer != join.room) return;
  Session* holder = find_member(join.room, *join.peer);
  if (holder == nullptr || only_offers(holder->member.dialect)) return;
  if (holder->connection != nullptr) connections_.close(*holder->connection, publisher_came);
  remove(*holder, LeaveReason::closed);
}

Done Hub::Impl::make_place_for_name(Connection& connection) {
  const Limits& limits = config_.limits;
  Account& account = *connection.account;
  const std::size_t names = account.allowance(limits.names_per_address);
  while (account.names >= names && !account.users_away.empty()) {
    strike_off(*account.users_away.front().who, EndReason::gone);
  }
  if (account.names >= names) {
    return refusal(ErrorCode::address_full, "Your network address has " + std::to_string(names) +
                                                " people online already, which is all it may have. Try "
                                                "again when somebody there has left.");
  }
  if (users_.size() >= limits.users) {
    if (User* away = longest_away(users_away_, users_leaving_)) strike_off(*away, EndReason::gone);
  }
  if (users_.size() >= limits.users) {
    return refusal(ErrorCode::too_many_users,
                   "As many users are online as this host can hold. Try again later.");
  }
  const Duration wait =
      std::max(account.registrations.wait(outgoing_.now()), connection.registrations.wait(outgoing_.now()));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_fast, "You come online too often. " + in_seconds(wait));
  }
  return {};
}

Room& Hub::Impl::make_room(const std::string& name, Account* account) {
  if (account != nullptr) {
    ++account->rooms;
    ++account->uses;
  }
  return rooms_.try_emplace(name, Room{.name = name, .account = account}).first->second;
}

void Hub::Impl::drop_room(Room& room) {
  if (room.deserted) deserted_.leave(*room.deserted);
  if (room.account != nullptr) --room.account->rooms;
  accounts_.release(room.account, outgoing_.now());
  rooms_.erase(rooms_.find(room.name));
}

void Hub::Impl::went_away(Session& session) {
  session.away_of_account = session.account->away.join(session, outgoing_.now());
  desert_if_all_are_away(*session.room);
}

void Hub::Impl::desert_if_all_are_away(Room& room) {
  if (!room.deserted && std::ranges::all_of(room.members, is_away))
    room.deserted = deserted_.join(room, outgoing_.now());
}

void Hub::Impl::leave_away(Session& session) {
  if (session.away_of_account) session.account->away.leave(*session.away_of_account);
  session.away_of_account.reset();
}

void Hub::Impl::came_back(Session& session) {
  leave_away(session);
  Room& room = *session.room;
  if (room.deserted) deserted_.leave(*room.deserted);
  room.deserted.reset();
}

Done Hub::Impl::may_ring(User& caller, const User& callee) {
  const Duration again = ring_backoff_.wait(ring_key(caller), callee.as.name, outgoing_.now());
  if (again > Duration{}) {
    return refusal(ErrorCode::too_many_rings,
                   "Your calls to this person were not answered. " + in_seconds(again));
  }
  const Duration wait =
      std::max(caller.rings.wait(outgoing_.now()), caller.account->rings.wait(outgoing_.now()));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_many_rings, "You call too often. " + in_seconds(wait));
  }
  return {};
}

void Hub::Impl::make_way(const User& caller, User& callee) {
  if (callee.call == nullptr || callee.call->accepted || &callee.call->callee != &callee) return;
  const auto call = callee.call;
  User& ringing = call->caller;
  const auto in_vain = [&](const User& who) { return ring_backoff_.refusals(ring_key(who), callee.as.name); };
  if (in_vain(ringing) <= in_vain(caller)) return;
  static_cast<void>(part(callee));
  outgoing_.tell(ringing, event::CallRejected{callee.as.name, RejectReason::busy, call->callers_id});
  outgoing_.tell(callee, event::CallEnded{ringing.as.name, EndReason::cancelled, call->id});
}

/// Behind a proxy all have one address, and are told apart by their names; elsewhere a name is quickly made.
const std::string& Hub::Impl::ring_key(const User& caller) {
  return caller.account->local ? caller.as.name : caller.account->key;
}

}  // namespace parley::hub
