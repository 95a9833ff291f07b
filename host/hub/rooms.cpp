#include "hub/rooms.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "hub/access.hpp"
#include "hub/rules.hpp"

namespace parley::hub {
namespace {

constexpr Close stream_is_over{1000, "the stream is over"};
constexpr Close going_on_elsewhere{4001, "this session continues on another socket"};

bool is_away(const std::unique_ptr<Session>& session) {
  return session->member.away;
}

}  // namespace

Room* Rooms::find(std::string_view name) {
  const auto found = rooms_.find(name);
  return found == rooms_.end() ? nullptr : &found->second;
}

Session* Rooms::find_member(std::string_view room, std::string_view id) {
  const Room* const found = find(room);
  return found == nullptr ? nullptr : found->find(id);
}

Session* Rooms::longest_deserted() {
  return deserted_.empty() ? nullptr : deserted_.front().who->members.back().get();
}

Room& Rooms::open(const std::string& name, Account* account) {
  if (Room* known = find(name)) return *known;
  if (account != nullptr) {
    ++account->rooms;
    ++account->uses;
  }
  if (RoomBook* book = books_.find(name)) books_.review(*book, true, outgoing_.now());
  return rooms_.try_emplace(name, Room{.name = name, .account = account}).first->second;
}

void Rooms::close(Room& room) {
  if (room.deserted) deserted_.leave(*room.deserted);
  if (room.account != nullptr) --room.account->rooms;
  accounts_.release(room.account, outgoing_.now());
  if (RoomBook* book = books_.find(room.name)) books_.review(*book, false, outgoing_.now());
  rooms_.erase(rooms_.find(room.name));
}

/// What a client is told of the room that it is in from now on, the other members apart.
event::Joined Rooms::welcome(const Connection& connection, const Session& session) const {
  const RoomRules rules = books_.rules_of(session.room->name);
  return {.room = session.room->name,
          .self = session.member.id,
          .session = session.secret,
          .incarnation = session.member.incarnation,
          .ice_servers = config_.ice_servers_for(connection.account->key),
          .limits = limits_,
          .moderates = session.member.moderates,
          .rules = rules,
          .ends_in = ends_in(rules, outgoing_.now())};
}

void Rooms::enter(Connection& connection, Room& room, std::string id, command::Join& join) {
  std::vector<Member> peers;
  for (const auto& other : room.members) peers.push_back(other->member);
  const auto& pass = connection.credential.pass;
  Session& session = add(room, {.room = &room,
                                .member = {.id = std::move(id),
                                           .name = name_for(connection, join.name),
                                           .meta = std::move(join.meta),
                                           .incarnation = std::move(join.incarnation),
                                           .dialect = connection.dialect,
                                           .offers = join.offers,
                                           .streams = config_.gateway && only_offers(connection.dialect),
                                           .identity = pass != nullptr ? pass->identity : std::string(),
                                           .moderates = join.moderates},
                                .secret = config_.make_secret(),
                                .connection = &connection,
                                .address = connection.address,
                                .log = {limits_.replay_messages, limits_.replay_bytes, outgoing_.new_share()},
                                .account = connection.account,
                                .joined_at = outgoing_.now()});
  connection.session = &session;
  expiries_.watch(session, pass, outgoing_.now());
  outgoing_.note(Notice::Kind::joined, session);
  event::Joined joined = welcome(connection, session);
  joined.peers = std::move(peers);
  outgoing_.answer(connection, std::move(joined));
  await_relay_renewal(session);
  outgoing_.tell_of_newcomer(session);
  if (watcher_ != nullptr) watcher_->joined(session);
}

Session& Rooms::add(Room& room, Session newcomer) {
  ++members_;
  if (newcomer.account != nullptr) {
    ++newcomer.account->places;
    ++newcomer.account->uses;
  }
  Session& session = *room.members.emplace_back(std::make_unique<Session>(std::move(newcomer)));
  end_deserted(room);
  return session;
}

void Rooms::resume(Connection& connection, Session& session, std::uint64_t ack) {
  const bool was_away = session.connection == nullptr;
  if (was_away) {
    end_away(session);
    session.member.away = false;
    leave_away_of_account(session);
    end_deserted(*session.room);
  } else {
    session.connection->session = nullptr;
    connections_.close(*session.connection, going_on_elsewhere);
  }
  session.connection = &connection;
  session.address = connection.address;
  connection.session = &session;
  expiries_.watch(session, connection.credential.pass, outgoing_.now());
  claims_.refuse(session.claimants);
  outgoing_.note(Notice::Kind::resumed, session);

  session.log.acknowledge(ack);
  event::Joined joined = welcome(connection, session);
  joined.resumed = true;
  outgoing_.answer(connection, std::move(joined));
  await_relay_renewal(session);
  outgoing_.replay(session);
  if (was_away) outgoing_.tell_others(session, event::PeerBack{session.member.id});
}

Done Rooms::update(Session& session, command::Update& update) {
  if (Done checked = check(update, limits_); !checked) return checked;
  if (update.name && session.pass != nullptr && !session.pass->name.empty() &&
      session.pass->name != *update.name)
    return refusal(ErrorCode::token_name, "Your name is what your token says. Join with another token.");
  if (update.name) session.member.name = *std::move(update.name);
  if (update.meta) session.member.meta = *std::move(update.meta);
  outgoing_.tell_others(session, event::PeerUpdated{session.member});
  return {};
}

void Rooms::disconnected(Session& session, Parting how) {
  if (only_offers(session.member.dialect)) streams_.end(session, StreamChange::Kind::lost);
  if (!resumes(session.member.dialect)) return remove(session, LeaveReason::left);
  outgoing_.note(Notice::Kind::away, session);
  end_relay_renewal(session);
  session.connection->session = nullptr;
  session.connection = nullptr;
  session.sent_when_lost = session.log.last();
  session.member.away = true;
  session.said_goodbye = how == Parting::goodbye;
  session.window_closes = (session.said_goodbye ? leaving_ : away_).join(session, outgoing_.now());
  session.away_of_account = session.account->away.join(session, outgoing_.now());
  desert_if_all_are_away(*session.room);
  outgoing_.settle_ack(session);
  outgoing_.tell_others(session, event::PeerAway{session.member.id});
  claims_.decide_proven(session.claimants);
}

void Rooms::remove(Session& session, LeaveReason reason) {
  outgoing_.note(Notice::Kind::left, session, name_of(reason));
  if (only_offers(session.member.dialect)) streams_.end(session, StreamChange::Kind::left);
  // Who is replaced is back in a moment, and its call goes on.
  const bool goes_on = reason == LeaveReason::replaced || watcher_ == nullptr;
  Session* const follower = goes_on ? nullptr : watcher_->leaving(session, reason);
  outgoing_.tell_of_leaving(session, reason);

  outgoing_.forget(session);
  expiries_.forget(session);
  end_relay_renewal(session);
  end_away(session);
  claims_.decide(session.claimants);
  if (Connection* const connection = session.connection) {
    connection->session = nullptr;
    // Whoever comes again shows anew what lets them in.
    if (connection->user == nullptr) connection->credential = {};
    // It is there for that one stream, and hears nothing else of its end.
    if (session.member.dialect == Dialect::whip && !connection->closing)
      connections_.close(*connection, stream_is_over);
  }
  --members_;
  leave_away_of_account(session);
  if (session.account != nullptr) --session.account->places;
  accounts_.release(session.account, outgoing_.now());
  Room& room = *session.room;
  std::erase_if(room.members, [&](const auto& member) { return member.get() == &session; });
  if (room.members.empty()) {
    close(room);
  } else {
    desert_if_all_are_away(room);
  }
  if (follower != nullptr) remove(*follower, LeaveReason::left);
}

void Rooms::evict(Session& holder, LeaveReason reason) {
  // Another publisher may go on with it.
  if (only_offers(holder.member.dialect)) streams_.end(holder, StreamChange::Kind::lost);
  if (holder.connection != nullptr) connections_.close(*holder.connection, given_to_another);
  remove(holder, reason);
}

// Telling the others that one has left may doom the next, hence the loop.
void Rooms::remove_doomed() {
  while (Session* session = outgoing_.doomed()) remove(*session, LeaveReason::timeout);
}

/// At most as long as a client that says nothing may come back.
Duration Rooms::goodbye_window() const {
  return std::min<Duration>(limits_.goodbye_window, limits_.resume_window);
}

std::optional<Instant> Rooms::next_timeout() const {
  return earlier(earlier(away_.due(limits_.resume_window), leaving_.due(goodbye_window())),
                 renewals_.due(config_.relay_lifetime / 2));
}

void Rooms::expire() {
  const auto remove_due = [this](const TimeoutQueue<Session>& queue, Duration window) {
    while (is_over(queue.due(window), outgoing_.now())) remove(*queue.front().who, LeaveReason::timeout);
  };
  remove_due(away_, limits_.resume_window);
  remove_due(leaving_, goodbye_window());
  while (is_over(renewals_.due(config_.relay_lifetime / 2), outgoing_.now())) {
    Session& session = *renewals_.front().who;
    outgoing_.answer(*session.connection,
                     event::IceServers{config_.ice_servers_for(session.connection->account->key)});
    await_relay_renewal(session);
  }
}

/// Its client has just got credentials.
void Rooms::await_relay_renewal(Session& session) {
  end_relay_renewal(session);
  if (config_.relay_for && resumes(session.member.dialect))
    session.relay_renewal = renewals_.join(session, outgoing_.now());
}

void Rooms::end_relay_renewal(Session& session) {
  if (session.relay_renewal) renewals_.leave(*session.relay_renewal);
  session.relay_renewal.reset();
}

void Rooms::end_away(Session& session) {
  if (!session.window_closes) return;
  (session.said_goodbye ? leaving_ : away_).leave(*session.window_closes);
  session.window_closes.reset();
}

void Rooms::leave_away_of_account(Session& session) {
  if (session.away_of_account) session.account->away.leave(*session.away_of_account);
  session.away_of_account.reset();
}

void Rooms::desert_if_all_are_away(Room& room) {
  if (!room.deserted && std::ranges::all_of(room.members, is_away))
    room.deserted = deserted_.join(room, outgoing_.now());
}

void Rooms::end_deserted(Room& room) {
  if (room.deserted) deserted_.leave(*room.deserted);
  room.deserted.reset();
}

}  // namespace parley::hub
