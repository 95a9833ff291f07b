#include <algorithm>
#include <utility>

#include "hub/hub_impl.hpp"
#include "hub/rules.hpp"

namespace parley::hub {
namespace {

constexpr Close no_place{1008, "there is no place for this client here"};
constexpr Close stream_is_over{1000, "the stream is over"};
constexpr Close going_on_elsewhere{4001, "this session continues on another socket"};

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

}  // namespace

void Hub::Impl::join(Connection& connection, const Message& message, command::Join& join) {
  const Limits& limits = config_.limits;
  const auto no = [&](Refusal why) {
    // A client that chose its id, or whose address says its room, has nothing else to try.
    const bool final = why.code == ErrorCode::peer_taken && !resumes(connection.dialect);
    outgoing_.refuse(connection, message, std::move(why));
    if (join.or_close || final) connections_.close(connection, no_place);
  };
  if (join.incarnation.empty() && !resumes(connection.dialect)) join.incarnation = ids_.next();
  if (connection.session != nullptr) {
    return no({ErrorCode::already_joined, "This socket is in a room already. Leave that one first."});
  }
  if (connection.user != nullptr) {
    return no({ErrorCode::already_joined, "This socket is registered. Join on another."});
  }
  if (Done checked = check(join, limits); !checked) return no(std::move(checked.error()));

  auto room = rooms_.find(join.room);
  Session* known =
      join.resume && room != rooms_.end() ? room->second.find_by_secret(join.resume->session) : nullptr;
  if (known != nullptr && known->member.incarnation == join.incarnation &&
      known->log.complete_after(join.resume->ack)) {
    return resume(connection, *known, join.resume->ack);
  }
  replace_former_selves(join, known);
  make_place_for_publisher(connection, join);
  room = rooms_.find(join.room);
  if (Session* holder = room != rooms_.end() ? holder_of(room->second, join) : nullptr) {
    const bool of_application = holder->connection == nullptr && !holder->member.away;
    if (join.peer && (connection.outlived || of_application)) {
      return no({ErrorCode::peer_taken, quoted(*join.peer) +
                                            " is in this room already. Join under another id, or try "
                                            "again when that one has left."});
    }
    if (!connection.outlived && !claims_.has_gone(*holder)) {
      const bool proven = !join.former.empty() && holder->member.incarnation == join.former;
      return claims_.add(connection, message,
                         {.session = holder, .proven = proven, .bytes = outgoing_.new_share()});
    }
    if (!connection.outlived) evict(*holder, LeaveReason::timeout);
  }

  if (Done made = make_place(connection, join); !made) return no(std::move(made.error()));
  room = rooms_.find(join.room);
  Room& entered = room == rooms_.end() ? make_room(join.room, connection.account) : room->second;
  std::string id = join.peer ? *std::move(join.peer) : ids_.next();
  while (entered.find(id) != nullptr) id = ids_.next();
  enter(connection, entered, std::move(id), join);
}

/// Who this connection was before, as far as it has proven that, leaves: a page that missed more than is kept
/// (`known`), that never learned it was let in, or that was loaded anew after its socket was lost.
void Hub::Impl::replace_former_selves(command::Join& join, Session* known) {
  const auto replace = [&](Session* self) {
    if (self == nullptr) return;
    if (!join.peer) join.peer = self->member.id;
    evict(*self, LeaveReason::replaced);
  };
  const auto find = [&](std::string_view incarnation) -> Session* {
    const auto room = rooms_.find(join.room);
    return room == rooms_.end() ? nullptr : room->second.find_by_incarnation(incarnation);
  };
  replace(known);
  replace(find(join.incarnation));
  Session* former = find(join.former);
  if (former != nullptr && former->member.away) replace(former);
}

/// Who has what this wants to have: its id or, where it asks for none, its place in a tab.
Session* Hub::Impl::holder_of(const Room& room, const command::Join& join) {
  return join.peer ? room.find(*join.peer) : room.find_by_incarnation(join.former);
}

void Hub::Impl::enter(Connection& connection, Room& room, std::string id, command::Join& join) {
  const Limits& limits = config_.limits;
  event::Joined joined{.room = room.name,
                       .self = id,
                       .session = config_.make_secret(),
                       .incarnation = join.incarnation,
                       .ice_servers = config_.ice_servers,
                       .limits = limits};
  for (const auto& other : room.members) joined.peers.push_back(other->member);

  Session& session = seat(room, {.room = &room,
                                 .member = {.id = std::move(id),
                                            .name = std::move(join.name),
                                            .meta = std::move(join.meta),
                                            .incarnation = std::move(join.incarnation),
                                            .dialect = connection.dialect,
                                            .offers = join.offers,
                                            .streams = config_.gateway && only_offers(connection.dialect)},
                                 .secret = joined.session,
                                 .connection = &connection,
                                 .address = connection.address,
                                 .log = {limits.replay_messages, limits.replay_bytes, outgoing_.new_share()},
                                 .account = connection.account,
                                 .joined_at = outgoing_.now()});
  connection.session = &session;
  outgoing_.note(Notice::Kind::joined, session, {});
  outgoing_.answer(connection, std::move(joined));
  outgoing_.tell_of_newcomer(session);
  enter_call(session);
}

Session& Hub::Impl::seat(Room& room, Session newcomer) {
  ++members_;
  if (newcomer.account != nullptr) {
    ++newcomer.account->places;
    ++newcomer.account->uses;
  }
  Session& session = *room.members.emplace_back(std::make_unique<Session>(std::move(newcomer)));
  came_back(session);
  return session;
}

void Hub::Impl::resume(Connection& connection, Session& session, std::uint64_t ack) {
  const bool was_away = session.connection == nullptr;
  if (was_away) {
    stop_waiting_for(session);
    session.member.away = false;
    came_back(session);
  } else {
    session.connection->session = nullptr;
    connections_.close(*session.connection, going_on_elsewhere);
  }
  session.connection = &connection;
  session.address = connection.address;
  connection.session = &session;
  claims_.refuse(session.claimants);
  outgoing_.note(Notice::Kind::resumed, session, {});

  session.log.acknowledge(ack);
  outgoing_.answer(connection, event::Joined{.room = session.room->name,
                                             .self = session.member.id,
                                             .session = session.secret,
                                             .resumed = true,
                                             .incarnation = session.member.incarnation,
                                             .ice_servers = config_.ice_servers,
                                             .limits = config_.limits});
  outgoing_.replay(session);
  if (was_away) outgoing_.tell_others(session, event::PeerBack{session.member.id});
}

void Hub::Impl::lose(Session& session, Parting how) {
  if (session.connection->role == Role::gateway) return streams_.lose(session);
  if (only_offers(session.member.dialect)) streams_.end(session, StreamChange::Kind::lost);
  if (!resumes(session.member.dialect)) return remove(session, LeaveReason::left);
  outgoing_.note(Notice::Kind::away, session, {});
  session.connection->session = nullptr;
  session.connection = nullptr;
  session.sent_when_lost = session.log.last();
  session.member.away = true;
  session.said_goodbye = how == Parting::goodbye;
  session.window_closes = (session.said_goodbye ? leaving_ : away_).join(session, outgoing_.now());
  went_away(session);
  outgoing_.settle_ack(session);
  outgoing_.tell_others(session, event::PeerAway{session.member.id});
  claims_.decide_proven(session.claimants);
}

void Hub::Impl::stop_waiting_for(Session& session) {
  if (!session.window_closes) return;
  (session.said_goodbye ? leaving_ : away_).leave(*session.window_closes);
  session.window_closes.reset();
}

void Hub::Impl::remove(Session& session, LeaveReason reason) {
  outgoing_.note(Notice::Kind::left, session, name_of(reason));
  if (only_offers(session.member.dialect)) streams_.end(session, StreamChange::Kind::left);
  // Who is replaced is back in a moment, and the call goes on.
  Session* guest = reason == LeaveReason::replaced ? nullptr : leave_call(session, reason);
  outgoing_.tell_of_leaving(session, reason);

  outgoing_.forget(session);
  stop_waiting_for(session);
  claims_.decide(session.claimants);
  if (Connection* const connection = session.connection) {
    connection->session = nullptr;
    // It is there for that one stream, and hears nothing else of its end.
    if (session.member.dialect == Dialect::whip && !connection->closing)
      connections_.close(*connection, stream_is_over);
  }
  --members_;
  leave_away(session);
  if (session.account != nullptr) --session.account->places;
  accounts_.release(session.account, outgoing_.now());
  Room& room = *session.room;
  std::erase_if(room.members, [&](const auto& member) { return member.get() == &session; });
  if (room.members.empty()) {
    drop_room(room);
  } else {
    desert_if_all_are_away(room);
  }
  if (guest != nullptr) remove(*guest, LeaveReason::left);
}

// Telling the others that one has left may be what dooms the next, hence the loop.
void Hub::Impl::remove_doomed() {
  while (Session* session = outgoing_.doomed()) remove(*session, LeaveReason::timeout);
}

}  // namespace parley::hub
