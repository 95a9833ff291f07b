#include "hub/admission.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "hub/retry.hpp"
#include "hub/rules.hpp"

namespace parley::hub {
namespace {

constexpr Close publisher_came{4001, "the camera whose room this is has come"};

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

/// The member who has been away for the longest.
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

Failure<Refusal> somebody_elses() {
  return refusal(ErrorCode::token_identity,
                 "This session is somebody else's, as your token says. Join without resuming it.");
}

/// Without the publisher, which has a place of its own.
std::size_t people_in(const Room& room) {
  return room.members.size() - (room.publisher() != nullptr ? 1 : 0);
}

Failure<Refusal> address_full(const std::string& what, std::size_t most) {
  return refusal(ErrorCode::address_full,
                 "Your network address has " + std::to_string(most) + ' ' + what +
                     " here already, which is all it may have. Try again when somebody there has left.");
}

}  // namespace

Done Admission::join(Connection& connection, const Message& message, command::Join& join) {
  Done done = try_to_join(connection, message, join);
  if (!done) {
    // A client that chose its id, or whose address says its room, has nothing else to try.
    const bool final = done.error().code == ErrorCode::peer_taken && !resumes(connection.dialect);
    done.error().closes = join.or_close || final;
  }
  return done;
}

Done Admission::try_to_join(Connection& connection, const Message& message, command::Join& join) {
  if (join.incarnation.empty() && !resumes(connection.dialect)) join.incarnation = ids_.incarnation();
  if (connection.session != nullptr) {
    return refusal(ErrorCode::already_joined, "This socket is in a room already. Leave that one first.");
  }
  if (connection.user != nullptr) {
    return refusal(ErrorCode::already_joined, "This socket is registered. Join on another.");
  }
  if (Done checked = check(join, limits_); !checked) return checked;
  if (Done let_in = check_pass(connection, join); !let_in) return let_in;

  const Room* const room = join.resume ? rooms_.find(join.room) : nullptr;
  Session* const known = room != nullptr ? room->find_by_secret(join.resume->session) : nullptr;
  if (is_somebody_elses(connection, join, known)) return somebody_elses();
  if (known != nullptr && known->member.incarnation == join.incarnation &&
      known->log.complete_after(join.resume->ack)) {
    if (Done same = goes_on(known->pass, known->member.name, connection.credential); !same) return same;
    rooms_.resume(connection, *known, join.resume->ack);
    moderation_.greet(*known);
    return {};
  }
  if (Done in_time = take_turn(connection); !in_time) return in_time;
  const auto entry = moderation_.check(connection, message, join, was_here(connection, join, known));
  if (!entry) return Failure(entry.error());
  if (*entry == Moderation::Entry::waits) return {};
  replace_former_selves(connection, join, known);
  remove_squatter(connection, join);
  if (Session* holder = holder_of(join)) {
    const bool of_application = holder->connection == nullptr && !holder->member.away;
    if (join.peer && (connection.outlived || of_application)) {
      return refusal(ErrorCode::peer_taken, quoted(*join.peer) +
                                                " is in this room already. Join under another id, or try "
                                                "again when that one has left.");
    }
    if (!connection.outlived && !claims_.has_gone(*holder)) {
      const bool proven = !join.former.empty() && holder->member.incarnation == join.former;
      claims_.add(connection, message, {.session = holder, .proven = proven, .bytes = outgoing_.new_share()});
      return {};
    }
    if (!connection.outlived) rooms_.evict(*holder, LeaveReason::timeout);
  }

  if (Done ensured = ensure_place(connection, join); !ensured) return ensured;
  Room& entered = rooms_.open(join.room, connection.account);
  std::string id = join.peer ? *std::move(join.peer) : ids_.next();
  while (entered.find(id) != nullptr) id = ids_.next();
  join.moderates = moderation_.may_moderate(connection, join.room);
  rooms_.enter(connection, entered, std::move(id), join);
  if (connection.session != nullptr) moderation_.greet(*connection.session);
  return {};
}

/// What comes with it is what counts from now on.
Done Admission::check_pass(Connection& connection, const command::Join& join) const {
  if (join.token.credential.shown()) connection.credential = join.token.credential;
  const bool called = join.peer && rooms_.expects(join.room, *join.peer);
  return access_.enter(connection, join.room, called, moderation_.rules_of(join.room).is_private,
                       outgoing_.now());
}

/// Neither the client nor its address joins too often.
Done Admission::take_turn(Connection& connection) const {
  const Instant now = outgoing_.now();
  TokenBucket& together = connection.account->joins;
  const Duration wait = std::max(together.wait(now), connection.joins.wait(now));
  if (wait > Duration{}) return refusal(ErrorCode::too_fast, "You join too often. " + try_again_in(wait));
  static_cast<void>(together.take(now));
  static_cast<void>(connection.joins.take(now));
  return {};
}

/// Whether it is a member that comes back: it takes its former self's place, and nobody's besides.
bool Admission::was_here(const Connection& connection, const command::Join& join,
                         const Session* known) const {
  if (known != nullptr) return true;
  const Room* const room = rooms_.find(join.room);
  if (room == nullptr) return false;
  if (room->find_by_incarnation(join.incarnation) != nullptr) return true;
  const Session* const former = room->find_by_incarnation(join.former);
  if (former == nullptr || !is_same_person(former->pass, connection.credential.pass)) return false;
  const bool claims = !connection.outlived && (!join.peer || *join.peer == former->member.id);
  return former->member.away || claims;
}

/// Whether what this page holds here is another person's by now.
bool Admission::is_somebody_elses(const Connection& connection, const command::Join& join,
                                  const Session* known) const {
  const Room* const room = rooms_.find(join.room);
  const Session* const self = room != nullptr ? room->find_by_incarnation(join.incarnation) : nullptr;
  const auto& pass = connection.credential.pass;
  return (known != nullptr && !is_same_person(known->pass, pass)) ||
         (self != nullptr && !is_same_person(self->pass, pass));
}

/// The client's former selves leave, as far as it has proven that they are: a page that missed more than is
/// kept (`known`), one that never learned that it was let in, and one that was reloaded after its socket was
/// lost.
void Admission::replace_former_selves(const Connection& connection, command::Join& join, Session* known) {
  const auto replace = [&](Session* self) {
    if (self == nullptr) return;
    if (!join.peer) join.peer = self->member.id;
    rooms_.evict(*self, LeaveReason::replaced);
  };
  const auto find = [&](std::string_view incarnation) -> Session* {
    const Room* const room = rooms_.find(join.room);
    return room == nullptr ? nullptr : room->find_by_incarnation(incarnation);
  };
  replace(known);
  replace(find(join.incarnation));
  Session* former = find(join.former);
  const bool same = former != nullptr && is_same_person(former->pass, connection.credential.pass);
  if (same && former->member.away) replace(former);
}

/// A publisher's number is its own: a member that has taken it for an id in that room, and does not publish,
/// leaves.
void Admission::remove_squatter(const Connection& publisher, const command::Join& join) {
  if (!only_offers(publisher.dialect) || join.peer != join.room) return;
  Session* holder = rooms_.find_member(join.room, *join.peer);
  if (holder == nullptr || only_offers(holder->member.dialect)) return;
  if (holder->connection != nullptr) connections_.close(*holder->connection, publisher_came);
  rooms_.remove(*holder, LeaveReason::closed);
}

/// The member that has what this client wants: its id or, where it asks for none, its place in a tab.
Session* Admission::holder_of(const command::Join& join) {
  const Room* const room = rooms_.find(join.room);
  if (room == nullptr) return nullptr;
  return join.peer ? room->find(*join.peer) : room->find_by_incarnation(join.former);
}

Done Admission::ensure_place(const Connection& connection, const command::Join& join) {
  Account& account = *connection.account;
  const std::size_t places = account.allowance(limits_.places_per_address);
  if (!remove_away(account, account.places, places)) return address_full("people in rooms", places);
  const Room* const room = rooms_.find(join.room);
  return room != nullptr ? ensure_place_in(*room, connection) : ensure_room(account);
}

/// Members of this account that are away leave until fewer than `most` are held; false where there are not
/// enough of them.
bool Admission::remove_away(Account& account, const std::size_t& held, std::size_t most) {
  while (held >= most && !account.away.empty()) {
    rooms_.remove(*account.away.front().who, LeaveReason::timeout);
  }
  return held < most;
}

Done Admission::ensure_place_in(const Room& room, const Connection& connection) {
  if (only_offers(connection.dialect) || people_in(room) < limits_.peers_per_room) return {};
  Session* away = longest_away(room);
  if (away == nullptr) {
    return refusal(ErrorCode::room_full, "This room is full (" + std::to_string(limits_.peers_per_room) +
                                             " people). Try again later, or make another room.");
  }
  rooms_.remove(*away, LeaveReason::timeout);
  return {};
}

Done Admission::ensure_room(Account& account) {
  const std::size_t rooms = account.allowance(limits_.rooms_per_address);
  if (!remove_away(account, account.rooms, rooms)) return address_full("rooms", rooms);
  // Each turn removes one member of a deserted room, and the last one the room.
  while (rooms_.all().size() >= limits_.rooms) {
    Session* const away = rooms_.longest_deserted();
    if (away == nullptr) {
      return refusal(ErrorCode::too_many_rooms,
                     "This host has as many rooms as it can hold. Try again later.");
    }
    rooms_.remove(*away, LeaveReason::timeout);
  }
  return {};
}

}  // namespace parley::hub
