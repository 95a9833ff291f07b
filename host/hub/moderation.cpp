#include "hub/moderation.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "hub/rules.hpp"

namespace parley::hub {
namespace {

constexpr Close not_let_in{1008, "a moderator does not let this one in"};
constexpr Close put_out_of_room{1008, "a moderator has ended this stay"};

constexpr std::string_view was_removed =
    "A moderator has removed you from this room. Ask them to let you in again.";
constexpr std::string_view was_refused = "A moderator has not let you in. Ask them, or try again later.";
constexpr std::string_view has_ended = "A moderator has ended this call for everybody.";

// A person has a tab or two; a network address, or a token that many share, a few people.
constexpr std::ptrdiff_t most_waiting_of_one = 8;

/// Whether these are of one person, or of one address, unless that may stand for many.
bool is_same_guest(const Connection& one, const Connection& other) {
  const auto& pass = one.credential.pass;
  if (pass != nullptr && !pass->identity.empty()) return is_same_person(pass, other.credential.pass);
  return one.account == other.account && !one.account->local;
}

Failure<Refusal> no_such_member() {
  return refusal(ErrorCode::no_such_peer, "Nobody of this id is there; they may have left.");
}

bool is_of(const Ban& ban, const Connection& connection, const command::Join& join) {
  const Pass* const pass = connection.credential.pass.get();
  const std::string identity = pass != nullptr ? pass->identity : std::string();
  if (!identity.empty() && identity == ban.identity) return true;
  const bool same_page =
      !ban.incarnation.empty() && (join.incarnation == ban.incarnation || join.former == ban.incarnation);
  // Of one address there may be others, who say who they are.
  return same_page || (identity.empty() && !ban.source.empty() && connection.account->key == ban.source);
}

std::size_t people_in(const Room* room) {
  if (room == nullptr) return 0;
  return room->members.size() - (room->publisher() != nullptr ? 1 : 0);
}

}  // namespace

bool Moderation::may_moderate(const Connection& connection, std::string_view room) const {
  return static_cast<bool>(access_.moderate(connection.credential, room, outgoing_.now()));
}

Result<Moderation::Entry, Refusal> Moderation::check(Connection& connection, const Message& message,
                                                     const command::Join& join, bool was_here) {
  if (may_moderate(connection, join.room)) return Entry::open;
  const RoomBook* const book = books_.find(join.room);
  const Room* const room = rooms_.find(join.room);
  const bool makes_one = room == nullptr && (book == nullptr || !book->kept) &&
                         !only_offers(connection.dialect) &&
                         !(join.peer && rooms_.expects(join.room, *join.peer));
  if (makes_one && config_.makes_rooms == MakesRooms::moderators)
    return refusal(ErrorCode::no_such_room,
                   "There is no such room. Whoever moderates here makes rooms: ask for a link.");
  if (book == nullptr) return Entry::open;
  const auto banned = [&](const Ban& ban) { return is_of(ban, connection, join); };
  if (std::ranges::any_of(book->bans, banned)) return refusal(ErrorCode::removed, std::string(was_removed));
  if (was_here || connection.admitted == join.room) return Entry::open;
  if (book->rules.locked)
    return refusal(ErrorCode::room_locked,
                   "This room is locked. Ask somebody in it to open it, or try again later.");
  if (book->rules.members > 0 && !only_offers(connection.dialect) && people_in(room) >= book->rules.members)
    return refusal(ErrorCode::room_full, "This room is full (" + std::to_string(book->rules.members) +
                                             " people). Try again later.");
  if (!book->rules.waiting_room) return Entry::open;
  if (Done waits = wait(connection, message, join); !waits) return Failure(waits.error());
  return Entry::waits;
}

Done Moderation::wait(Connection& connection, const Message& message, const command::Join& join) {
  RoomBook& book = books_.open(join.room);
  if (book.waiting.size() >= config_.limits.waiting_per_room)
    return refusal(ErrorCode::room_full, "As many people wait for this room as may. Try again later.");
  const auto is_same = [&](const Connection* guest) { return is_same_guest(*guest, connection); };
  if (std::ranges::count_if(book.waiting, is_same) >= most_waiting_of_one)
    return refusal(ErrorCode::address_full, "You wait for this room as often as you may. Close another tab.");
  connection.waiting = std::make_unique<Waiting>(
      Waiting{.room = join.room,
              .id = ids_.next(),
              .name = name_for(connection, join.name.empty() ? join.peer.value_or("") : join.name),
              .bytes = outgoing_.new_share()});
  connection.waiting->keep(message);
  book.waiting.push_back(&connection);
  if (resumes(connection.dialect)) outgoing_.answer(connection, event::WaitsOutside{join.room});
  tell_moderators(join.room);
  return {};
}

Done Moderation::hold(Connection& guest, Message& message) {
  if (std::holds_alternative<command::Ping>(message.command)) {
    outgoing_.pong(guest);
  } else if (std::holds_alternative<command::Leave>(message.command)) {
    withdraw(guest);
  } else if (guest.waiting->held.size() > config_.limits.claim_messages) {
    return refusal(ErrorCode::too_fast, "This message was dropped: you wait to be let in.");
  } else {
    guest.waiting->keep(std::move(message));
  }
  return {};
}

void Moderation::withdraw(Connection& guest) {
  const auto waiting = std::exchange(guest.waiting, nullptr);
  if (waiting == nullptr) return;
  RoomBook* const book = books_.find(waiting->room);
  if (book == nullptr || std::erase(book->waiting, &guest) == 0) return;  // it was let in just now
  tell_moderators(waiting->room);
  review(*book);
}

std::optional<ConnectionId> Moderation::next_admitted() {
  if (admitted_.empty()) return std::nullopt;
  const ConnectionId id = admitted_.front();
  admitted_.pop_front();
  return id;
}

void Moderation::greet(Session& session) {
  const bool moderates = session.appointed || may_moderate(*session.connection, session.room->name);
  if (moderates != session.member.moderates) set_role(session, moderates);
  if (moderates) tell_lobby(session);
}

void Moderation::tell_lobby(const Session& moderator) {
  if (moderator.connection == nullptr || !resumes(moderator.member.dialect)) return;
  auto guests = lobby(moderator.room->name);
  if (!guests.waiting.empty() || !guests.removed.empty())
    outgoing_.answer(*moderator.connection, std::move(guests));
}

void Moderation::set_role(Session& session, bool moderates) {
  session.member.moderates = moderates;
  if (resumes(session.member.dialect))
    outgoing_.tell(session, std::make_shared<const Event>(event::RoleChanged{moderates}));
  outgoing_.tell_others(session, event::PeerUpdated{session.member});
}

event::Lobby Moderation::lobby(std::string_view room) const {
  event::Lobby lobby;
  const RoomBook* const book = books_.find(room);
  if (book == nullptr) return lobby;
  for (const Connection* guest : book->waiting) {
    const auto& pass = guest->credential.pass;
    lobby.waiting.push_back({.id = guest->waiting->id,
                             .name = guest->waiting->name,
                             .identity = pass != nullptr ? pass->identity : std::string(),
                             .dialect = guest->dialect});
  }
  for (const Ban& ban : book->bans)
    lobby.removed.push_back({.id = ban.id, .name = ban.name, .identity = ban.identity});
  return lobby;
}

/// At once, or a moment later where they were told just now.
void Moderation::tell_moderators(std::string_view room) {
  RoomBook* const book = books_.find(room);
  if (book == nullptr || books_.tells_now(*book, outgoing_.now())) tell_all_moderators(room);
}

void Moderation::tell_all_moderators(std::string_view name) {
  const Room* const room = rooms_.find(name);
  if (room == nullptr) return;
  const auto event = std::make_shared<const Event>(lobby(name));
  for (const auto& member : room->members) {
    if (member->member.moderates && member->connection != nullptr && resumes(member->member.dialect))
      outgoing_.answer(*member->connection, event);
  }
}

void Moderation::review(RoomBook& book) {
  books_.review(book, rooms_.find(book.name) != nullptr, outgoing_.now());
}

Done Moderation::act(Session* by, const std::string& room, command::Moderate& wish) {
  if (by != nullptr && !by->member.moderates)
    return refusal(ErrorCode::not_moderator, "Only whoever moderates this room can do that. Ask them.");
  if (rooms_.find(room) == nullptr && books_.find(room) == nullptr)
    return refusal(ErrorCode::no_such_room, "There is no such room.");
  using Action = command::Moderate::Action;
  switch (wish.action) {
    case Action::admit:
      return decide(room, wish.id, true);
    case Action::refuse:
      return decide(room, wish.id, false);
    case Action::remove:
      return remove(by, room, wish.id);
    case Action::allow:
      return allow(room, wish.id);
    case Action::ask:
      return ask(by, room, wish);
    case Action::appoint:
      return appoint(room, wish.id, true);
    case Action::resign:
      return appoint(room, by != nullptr ? by->member.id : wish.id, false);
    case Action::rules:
      return change(room, wish.rules);
    case Action::end:
      end(std::string(room));
      return {};
  }
  return {};
}

Done Moderation::may_open(std::string_view room) {
  if (books_.find(room) != nullptr || books_.has_place(config_.limits.rooms)) return {};
  return refusal(ErrorCode::too_many_rooms,
                 "This host has as many rooms with rules as it can hold. Try again later.");
}

Done Moderation::keep(const std::string& room, const RuleChange& rules) {
  command::Join visit{.room = room, .incarnation = "nobody"};
  if (Done named = hub::check(visit, config_.limits); !named) return named;
  if (Done allowed = may_open(room); !allowed) return allowed;
  if (Done changed = change(room, rules); !changed) return changed;
  RoomBook& book = books_.open(room);
  book.kept = true;
  review(book);
  return {};
}

Done Moderation::change(const std::string& name, const RuleChange& change) {
  if (change.is_private.value_or(false) && !asks(config_.auth))
    return refusal(ErrorCode::bad_field,
                   "This host asks nobody for a token, so no room is private: it needs --auth rooms.");
  if (Done allowed = may_open(name); !allowed) return allowed;
  RoomBook& book = books_.open(name);
  books_.set_rules(book, change.applied_to(book.rules, outgoing_.now()));
  if (!book.rules.waiting_room) {
    // They come in as whoever comes now: the room may be locked, or full.
    for (Connection* guest : std::exchange(book.waiting, {})) admitted_.push_back(guest->id);
    tell_moderators(name);
  }
  const Room* const room = rooms_.find(name);
  if (room == nullptr) return {};
  const auto event = std::make_shared<const Event>(
      event::RulesChanged{.rules = book.rules, .ends_in = ends_in(book.rules, outgoing_.now())});
  for (const auto& member : room->members) {
    if (resumes(member->member.dialect)) outgoing_.tell(*member, event);
  }
  return {};
}

/// One who waits, or all of them.
Done Moderation::decide(const std::string& room, const std::string& id, bool admits) {
  RoomBook* const book = books_.find(room);
  if (book == nullptr) return id.empty() ? Done() : no_such_member();
  std::vector<Connection*> meant;
  for (Connection* guest : book->waiting) {
    if (id.empty() || guest->waiting->id == id) meant.push_back(guest);
  }
  if (meant.empty()) return id.empty() ? Done() : no_such_member();
  for (Connection* guest : meant) {
    std::erase(book->waiting, guest);
    if (admits) {
      admit(*guest);
    } else {
      turn_away(*guest, ErrorCode::not_admitted, was_refused);
    }
  }
  tell_moderators(room);
  review(*book);
  return {};
}

/// What it waits with is handled again.
void Moderation::admit(Connection& guest) {
  guest.admitted = guest.waiting->room;
  admitted_.push_back(guest.id);
}

void Moderation::turn_away(Connection& guest, ErrorCode code, std::string_view sentence) {
  const auto waiting = std::exchange(guest.waiting, nullptr);
  if (guest.closing) return;
  outgoing_.refuse(guest, waiting->held.front(), {code, std::string(sentence)});
  connections_.close(guest, code == ErrorCode::room_ended ? put_out_of_room : not_let_in);
}

Done Moderation::remove(const Session* by, const std::string& name, const std::string& id) {
  Session* const session = rooms_.find_member(name, id);
  if (session == nullptr || session == by) return no_such_member();
  if (Done allowed = may_open(name); !allowed) return allowed;
  RoomBook& book = books_.open(name);
  if (book.bans.size() >= config_.limits.bans_per_room) book.bans.erase(book.bans.begin());
  Ban& ban = book.bans.emplace_back();
  ban = {.id = ids_.next(),
         .name = session->member.name.empty() ? session->member.id : session->member.name,
         .identity = session->member.identity};
  ban.incarnation = session->member.incarnation;
  if (session->account != nullptr && !session->account->local) ban.source = session->account->key;
  const std::string identity = ban.identity;
  put_out(*session, ErrorCode::removed, was_removed, LeaveReason::removed);
  if (!identity.empty()) put_out_all(by, name, identity);
  tell_moderators(name);
  return {};
}

/// The other tabs of somebody who was removed.
void Moderation::put_out_all(const Session* by, const std::string& name, std::string_view identity) {
  const auto is_meant = [&](const auto& member) {
    return member.get() != by && member->member.identity == identity;
  };
  while (const Room* room = rooms_.find(name)) {
    const auto found = std::ranges::find_if(room->members, is_meant);
    if (found == room->members.end()) return;
    put_out(**found, ErrorCode::removed, was_removed, LeaveReason::removed);
  }
}

void Moderation::put_out(Session& session, ErrorCode code, std::string_view sentence, LeaveReason reason) {
  if (Connection* const connection = session.connection; connection != nullptr && !connection->closing) {
    outgoing_.refuse(*connection, {}, {code, std::string(sentence)});
    connections_.close(*connection, put_out_of_room);
  }
  rooms_.remove(session, reason);
}

Done Moderation::allow(const std::string& room, const std::string& id) {
  RoomBook* const book = books_.find(room);
  if (book == nullptr || std::erase_if(book->bans, [&](const Ban& ban) { return ban.id == id; }) == 0)
    return no_such_member();
  tell_moderators(room);
  review(*book);
  return {};
}

Done Moderation::ask(const Session* by, const std::string& room, const command::Moderate& wish) {
  Session* const session = rooms_.find_member(room, wish.id);
  if (session == nullptr) return no_such_member();
  if (!resumes(session->member.dialect))
    return refusal(ErrorCode::cannot_be_asked,
                   "This member's client cannot be asked. Remove the member, if need be.");
  outgoing_.tell(*session, std::make_shared<const Event>(event::Asked{
                               .what = wish.what, .by = by != nullptr ? by->member.id : std::string()}));
  return {};
}

Done Moderation::appoint(const std::string& room, const std::string& id, bool moderates) {
  Session* const session = rooms_.find_member(room, id);
  if (session == nullptr) return no_such_member();
  session->appointed = moderates;
  if (session->member.moderates == moderates) return {};
  set_role(*session, moderates);
  if (moderates) tell_lobby(*session);
  return {};
}

void Moderation::end(const std::string& name) {
  while (const Room* room = rooms_.find(name))
    put_out(*room->members.back(), ErrorCode::room_ended, has_ended, LeaveReason::closed);
  RoomBook* const book = books_.find(name);
  if (book == nullptr) return;
  for (Connection* guest : std::exchange(book->waiting, {}))
    turn_away(*guest, ErrorCode::room_ended, has_ended);
  book->kept = false;
  books_.set_rules(*book, {});
  review(*book);
}

std::optional<Instant> Moderation::next_timeout() const {
  // What was let in by an application is handled at once.
  if (!admitted_.empty()) return Instant{};
  return books_.next_timeout();
}

void Moderation::expire() {
  books_.expire(outgoing_.now());
  while (const auto room = books_.next_news(outgoing_.now())) tell_all_moderators(*room);
  while (const auto room = books_.next_ended(outgoing_.now())) end(*room);
}

}  // namespace parley::hub
