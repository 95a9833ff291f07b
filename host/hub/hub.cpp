#include "hub/hub.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <unordered_map>
#include <utility>

#include "hub/id_generator.hpp"
#include "hub/names.hpp"
#include "hub/overloaded.hpp"
#include "hub/room.hpp"

namespace parley::hub {
namespace {

constexpr Close going_on_elsewhere{4001, "this session continues on another socket"};
constexpr Close not_utf8{1007, "the message is not UTF-8"};
constexpr Close flooding{1008, "too many messages for too long"};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// For tests and simulations: the same seed gives the same secrets, and anybody can guess them.
std::function<std::string()> seeded_secrets(std::uint64_t seed) {
  return [random = std::mt19937_64(~seed)]() mutable {
    return std::to_string(random()) + std::to_string(random());
  };
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

/// The field that breaks a rule, in a sentence; empty where all is well.
std::string fault_of(const std::optional<std::string>& name, const std::optional<std::string>& meta,
                     const Limits& limits) {
  if (name && name->size() > limits.name_bytes) {
    return "\"name\" must be at most " + std::to_string(limits.name_bytes) + " bytes. Shorten it.";
  }
  if (meta && meta->size() > limits.meta_bytes) {
    return "\"meta\" must be at most " + std::to_string(limits.meta_bytes) +
           " bytes of JSON. Send less in it.";
  }
  return {};
}

std::string fault_of(const command::Join& join, const Limits& limits) {
  const std::string id_rule =
      " must be 1 to " + std::to_string(limits.id_bytes) + " bytes of UTF-8 without control characters.";
  if (!is_id(join.room, limits.id_bytes)) return "\"room\"" + id_rule;
  if (join.peer && !is_id(*join.peer, limits.id_bytes)) return "\"peer\"" + id_rule;
  if (!is_incarnation(join.incarnation, limits.incarnation_bytes)) {
    return "\"incarnation\" must be 1 to " + std::to_string(limits.incarnation_bytes) +
           " printable ASCII characters.";
  }
  if (join.resume && join.resume->session.size() > limits.id_bytes) {
    return "\"resume\" must hold a session as `joined` gave it: at most " + std::to_string(limits.id_bytes) +
           " bytes.";
  }
  return fault_of(join.name, join.meta, limits);
}

void note(Notice::Kind kind, const Session& session, std::string_view detail, Outcome& out) {
  out.notices.push_back({.kind = kind,
                         .connection = session.connection != nullptr ? session.connection->id : 0,
                         .room = session.room->name,
                         .peer = session.member.id,
                         .detail = detail});
}

}  // namespace

class Hub::Impl {
 public:
  explicit Impl(Config config);

  void connected(ConnectionId id, Dialect dialect, Instant now);
  void handle(ConnectionId from, Message message, Instant now, Outcome& out);
  void disconnected(ConnectionId id, Instant now, Outcome& out);
  void expire(Instant now, Outcome& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  [[nodiscard]] const Room* find_room(std::string_view name) const;
  [[nodiscard]] Totals totals() const;

 private:
  // What a connection may ask for.
  void perform(Connection& connection, Message& message, Outcome& out);
  void join(Connection& connection, const Message& message, command::Join& join, Outcome& out);
  void enter(Connection& connection, Room& room, std::string id, command::Join& join, Outcome& out);
  void resume(Connection& connection, Session& session, std::uint64_t ack, Outcome& out);
  void relay(Session& session, const Message& message, command::Signal& signal, Outcome& out);
  void update(Session& session, const Message& message, command::Update& update, Outcome& out);
  void throttle(Connection& connection, const Message& message, Outcome& out);

  // Comings and goings.
  void lose(Session& session, Instant now, Outcome& out);
  void remove(Session& session, LeaveReason reason, Outcome& out);
  void remove_doomed(Outcome& out);
  void close(Connection& connection, Close why, Outcome& out);

  // Telling: `tell` in its turn and kept for a resume, `answer` at once and outside the numbering.
  void tell(Session& session, std::shared_ptr<const Event> event, Outcome& out);
  void tell_others(const Session& session, EventBody body, Outcome& out);
  void answer(Connection& connection, std::shared_ptr<const Event> event, Outcome& out);
  void refuse(Connection& connection, const Message& message, ErrorCode code, std::string sentence,
              Outcome& out);

  // Acknowledging what was received.
  void owe(Session& session, Instant now, Outcome& out);
  void settle(Session& session);

  Config config_;
  IdGenerator ids_;
  std::unordered_map<ConnectionId, Connection> connections_;
  std::unordered_map<std::string, Room, StringHash, std::equal_to<>> rooms_;
  std::size_t members_ = 0;
  WaitingLine<Session> owing_;  ///< whom the hub owes an acknowledgement, each for `ack_delay`
  WaitingLine<Session> away_;   ///< each for `resume_window`
  std::vector<Session*> doomed_;
  std::shared_ptr<const Event> pong_ = std::make_shared<const Event>(event::Pong{});
  std::shared_ptr<const Event> ack_ = std::make_shared<const Event>(event::Ack{});
};

Hub::Impl::Impl(Config config) : config_(std::move(config)), ids_(config_.seed) {
  if (!config_.make_secret) config_.make_secret = seeded_secrets(config_.seed);
}

void Hub::Impl::connected(ConnectionId id, Dialect dialect, Instant now) {
  const Limits& limits = config_.limits;
  connections_.try_emplace(id, Connection{.id = id,
                                          .dialect = dialect,
                                          .bucket = {limits.messages_per_second, limits.message_burst, now}});
}

void Hub::Impl::handle(ConnectionId from, Message message, Instant now, Outcome& out) {
  const auto found = connections_.find(from);
  if (found == connections_.end() || found->second.closing) return;
  Connection& connection = found->second;

  if (std::holds_alternative<command::NotUtf8>(message.command)) {
    if (connection.session != nullptr) lose(*connection.session, now, out);
    close(connection, not_utf8, out);
    return remove_doomed(out);
  }
  if (connection.dropped > 0 && connection.bucket.full(now)) connection.dropped = 0;
  const bool in_time = connection.bucket.take(now);
  if (Session* session = connection.session) {
    session->log.acknowledge(message.ack);
    if (message.seq != 0 && message.seq <= session->received) return;
    session->received = std::max(session->received, message.seq);
  }
  if (in_time) {
    perform(connection, message, out);
  } else {
    throttle(connection, message, out);
  }
  if (connection.session != nullptr) owe(*connection.session, now, out);
  remove_doomed(out);
}

void Hub::Impl::disconnected(ConnectionId id, Instant now, Outcome& out) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  if (Session* session = found->second.session) lose(*session, now, out);
  connections_.erase(found);
  remove_doomed(out);
}

void Hub::Impl::expire(Instant now, Outcome& out) {
  while (!owing_.empty() && owing_.front().since + config_.limits.ack_delay <= now) {
    answer(*owing_.front().who->connection, ack_, out);
  }
  while (!away_.empty() && away_.front().since + config_.limits.resume_window <= now) {
    remove(*away_.front().who, LeaveReason::timeout, out);
  }
  remove_doomed(out);
}

std::optional<Instant> Hub::Impl::next_timeout() const {
  std::optional<Instant> next;
  if (!owing_.empty()) next = owing_.front().since + config_.limits.ack_delay;
  if (!away_.empty()) {
    const Instant closes = away_.front().since + config_.limits.resume_window;
    next = next ? std::min(*next, closes) : closes;
  }
  return next;
}

const Room* Hub::Impl::find_room(std::string_view name) const {
  const auto found = rooms_.find(name);
  return found == rooms_.end() ? nullptr : &found->second;
}

Totals Hub::Impl::totals() const {
  return {
      .connections = connections_.size(), .rooms = rooms_.size(), .members = members_, .away = away_.size()};
}

void Hub::Impl::perform(Connection& connection, Message& message, Outcome& out) {
  Session* session = connection.session;
  const auto member_only = [&](auto&& act) {
    if (session != nullptr) return act();
    refuse(connection, message, ErrorCode::not_joined, "Join a room first.", out);
  };
  std::visit(
      overloaded{
          [&](command::Join& wish) { join(connection, message, wish, out); },
          [&](command::Signal& signal) { member_only([&] { relay(*session, message, signal, out); }); },
          [&](command::Update& change) { member_only([&] { update(*session, message, change, out); }); },
          [&](const command::Leave&) { member_only([&] { remove(*session, LeaveReason::left, out); }); },
          [&](const command::Ping&) { answer(connection, pong_, out); },
          [&](const command::Ack&) {},
          [&](command::Refused& why) { refuse(connection, message, why.code, std::move(why.message), out); },
          [&](const command::NotUtf8&) {},
      },
      message.command);
}

void Hub::Impl::join(Connection& connection, const Message& message, command::Join& join, Outcome& out) {
  const Limits& limits = config_.limits;
  const auto no = [&](ErrorCode code, std::string sentence) {
    refuse(connection, message, code, std::move(sentence), out);
  };
  if (connection.session != nullptr) {
    return no(ErrorCode::already_joined, "This socket is in a room already. Leave that one first.");
  }
  if (std::string fault = fault_of(join, limits); !fault.empty())
    return no(ErrorCode::bad_field, std::move(fault));

  auto room = rooms_.find(join.room);
  Session* known =
      join.resume && room != rooms_.end() ? room->second.find_by_secret(join.resume->session) : nullptr;
  if (known != nullptr) {
    // A page that was loaded anew, that missed more than is kept or that never learned of its session starts
    // afresh; nobody else can have its id.
    const bool learned = known->former != join.resume->session;
    if (learned && known->member.incarnation == join.incarnation &&
        known->log.complete_after(join.resume->ack)) {
      return resume(connection, *known, join.resume->ack, out);
    }
    if (!join.peer) join.peer = known->member.id;
    if (known->connection != nullptr) close(*known->connection, going_on_elsewhere, out);
    remove(*known, LeaveReason::replaced, out);
    room = rooms_.find(join.room);
  }

  if (room == rooms_.end() && rooms_.size() >= limits.rooms) {
    return no(ErrorCode::too_many_rooms, "This host has as many rooms as it can hold. Try again later.");
  }
  if (room != rooms_.end() && room->second.members.size() >= limits.peers_per_room) {
    return no(ErrorCode::room_full, "This room is full (" + std::to_string(limits.peers_per_room) +
                                        " people). Try again later, or make another room.");
  }
  if (room != rooms_.end() && join.peer && room->second.find(*join.peer) != nullptr) {
    return no(ErrorCode::peer_taken, quoted(*join.peer) +
                                         " is in this room already. Join under another id, or try "
                                         "again when that one has left.");
  }
  if (room == rooms_.end()) room = rooms_.try_emplace(join.room, Room{.name = join.room}).first;
  std::string id = join.peer ? *std::move(join.peer) : ids_.next();
  while (room->second.find(id) != nullptr) id = ids_.next();
  enter(connection, room->second, std::move(id), join, out);
}

void Hub::Impl::enter(Connection& connection, Room& room, std::string id, command::Join& join, Outcome& out) {
  const Limits& limits = config_.limits;
  event::Joined joined{.room = room.name,
                       .self = id,
                       .session = config_.make_secret(),
                       .ice_servers = config_.ice_servers,
                       .limits = limits};
  for (const auto& other : room.members) joined.peers.push_back(other->member);

  Session& session = *room.members.emplace_back(
      std::make_unique<Session>(Session{.room = &room,
                                        .member = {.id = std::move(id),
                                                   .name = std::move(join.name),
                                                   .meta = std::move(join.meta),
                                                   .incarnation = std::move(join.incarnation),
                                                   .dialect = connection.dialect},
                                        .secret = joined.session,
                                        .former = join.resume ? std::move(join.resume->session) : "",
                                        .connection = &connection,
                                        .log = {limits.replay_messages, limits.replay_bytes}}));
  connection.session = &session;
  ++members_;
  note(Notice::Kind::joined, session, {}, out);
  answer(connection, std::make_shared<const Event>(std::move(joined)), out);
  tell_others(session, event::PeerJoined{session.member}, out);
}

void Hub::Impl::resume(Connection& connection, Session& session, std::uint64_t ack, Outcome& out) {
  const bool was_away = session.connection == nullptr;
  if (was_away) {
    away_.leave(*session.window_closes);
    session.window_closes.reset();
    session.member.away = false;
  } else {
    session.connection->session = nullptr;
    close(*session.connection, going_on_elsewhere, out);
  }
  session.connection = &connection;
  connection.session = &session;
  note(Notice::Kind::resumed, session, {}, out);

  session.log.acknowledge(ack);
  answer(connection,
         std::make_shared<const Event>(event::Joined{.room = session.room->name,
                                                     .self = session.member.id,
                                                     .session = session.secret,
                                                     .resumed = true,
                                                     .ice_servers = config_.ice_servers,
                                                     .limits = config_.limits}),
         out);
  for (const ReplayLog::Entry& missed : session.log.entries()) {
    out.deliveries.push_back(
        {.to = connection.id, .event = missed.event, .seq = missed.seq, .ack = session.received});
  }
  if (was_away) tell_others(session, event::PeerBack{session.member.id}, out);
}

void Hub::Impl::relay(Session& session, const Message& message, command::Signal& signal, Outcome& out) {
  Session* to = session.room->find(signal.to);
  if (to == nullptr || to == &session) {
    return refuse(*session.connection, message, ErrorCode::no_such_peer,
                  "\"to\" is not another member of this room; they may have left.", out);
  }
  tell(*to,
       std::make_shared<const Event>(event::Signal{.from = session.member.id,
                                                   .carries = signal.carries,
                                                   .payload = std::move(signal.payload),
                                                   .link = std::move(signal.link)}),
       out);
}

void Hub::Impl::update(Session& session, const Message& message, command::Update& update, Outcome& out) {
  if (std::string fault = fault_of(update.name, update.meta, config_.limits); !fault.empty()) {
    return refuse(*session.connection, message, ErrorCode::bad_field, std::move(fault), out);
  }
  if (update.name) session.member.name = *std::move(update.name);
  if (update.meta) session.member.meta = *std::move(update.meta);
  tell_others(session, event::PeerUpdated{session.member}, out);
}

void Hub::Impl::throttle(Connection& connection, const Message& message, Outcome& out) {
  if (++connection.dropped > config_.limits.flood_messages) {
    close(connection, flooding, out);
    if (connection.session != nullptr) remove(*connection.session, LeaveReason::closed, out);
    return;
  }
  refuse(connection, message, ErrorCode::too_fast, "This message was dropped: send fewer a second.", out);
}

void Hub::Impl::lose(Session& session, Instant now, Outcome& out) {
  note(Notice::Kind::away, session, {}, out);
  session.connection->session = nullptr;
  session.connection = nullptr;
  session.sent_when_lost = session.log.last();
  session.member.away = true;
  session.window_closes = away_.join(session, now);
  settle(session);
  tell_others(session, event::PeerAway{session.member.id}, out);
}

void Hub::Impl::remove(Session& session, LeaveReason reason, Outcome& out) {
  note(Notice::Kind::left, session, name_of(reason), out);
  tell_others(session, event::PeerLeft{session.member.id, reason}, out);

  settle(session);
  if (session.window_closes) away_.leave(*session.window_closes);
  if (session.doomed) std::erase(doomed_, &session);
  if (session.connection != nullptr) session.connection->session = nullptr;
  --members_;
  Room& room = *session.room;
  std::erase_if(room.members, [&](const auto& member) { return member.get() == &session; });
  if (room.members.empty()) rooms_.erase(rooms_.find(room.name));
}

// Telling the others that one has left may be what dooms the next, hence the loop.
void Hub::Impl::remove_doomed(Outcome& out) {
  while (!doomed_.empty()) remove(*doomed_.back(), LeaveReason::timeout, out);
}

void Hub::Impl::close(Connection& connection, Close why, Outcome& out) {
  connection.closing = true;
  out.deliveries.push_back({.to = connection.id, .event = nullptr, .close = why});
  out.notices.push_back({.kind = Notice::Kind::closed, .connection = connection.id, .detail = why.reason});
}

void Hub::Impl::tell(Session& session, std::shared_ptr<const Event> event, Outcome& out) {
  const std::uint64_t seq = session.log.append(event);
  if (session.connection != nullptr) {
    out.deliveries.push_back(
        {.to = session.connection->id, .event = std::move(event), .seq = seq, .ack = session.received});
    settle(session);
  } else if (session.log.forgotten() > session.sent_when_lost && !session.doomed) {
    session.doomed = true;
    doomed_.push_back(&session);
  }
}

void Hub::Impl::tell_others(const Session& session, EventBody body, Outcome& out) {
  if (session.room->members.size() < 2) return;
  const auto event = std::make_shared<const Event>(std::move(body));
  for (const auto& other : session.room->members) {
    if (other.get() != &session) tell(*other, event, out);
  }
}

void Hub::Impl::answer(Connection& connection, std::shared_ptr<const Event> event, Outcome& out) {
  const std::uint64_t ack = connection.session != nullptr ? connection.session->received : 0;
  out.deliveries.push_back({.to = connection.id, .event = std::move(event), .ack = ack});
  if (connection.session != nullptr) settle(*connection.session);
}

void Hub::Impl::refuse(Connection& connection, const Message& message, ErrorCode code, std::string sentence,
                       Outcome& out) {
  Session* session = connection.session;
  auto event = std::make_shared<const Event>(
      event::Error{.code = code, .message = std::move(sentence), .re = message.type});
  if (session != nullptr && message.seq != 0) {
    tell(*session, std::move(event), out);
  } else {
    answer(connection, std::move(event), out);
  }
  out.notices.push_back({.kind = Notice::Kind::refused,
                         .connection = connection.id,
                         .room = session != nullptr ? session->room->name : std::string(),
                         .peer = session != nullptr ? session->member.id : std::string(),
                         .detail = name_of(code)});
}

void Hub::Impl::owe(Session& session, Instant now, Outcome& out) {
  const std::uint64_t owed = session.received - session.acknowledged;
  if (owed == 0) return;
  if (owed >= config_.limits.ack_messages) return answer(*session.connection, ack_, out);
  if (!session.ack_due) session.ack_due = owing_.join(session, now);
}

void Hub::Impl::settle(Session& session) {
  session.acknowledged = session.received;
  if (session.ack_due) owing_.leave(*session.ack_due);
  session.ack_due.reset();
}

Hub::Hub(Config config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Hub::~Hub() = default;

void Hub::connected(ConnectionId connection, Dialect dialect, Instant now) {
  impl_->connected(connection, dialect, now);
}

void Hub::handle(ConnectionId from, Message message, Instant now, Outcome& out) {
  impl_->handle(from, std::move(message), now, out);
}

void Hub::disconnected(ConnectionId connection, Instant now, Outcome& out) {
  impl_->disconnected(connection, now, out);
}

void Hub::expire(Instant now, Outcome& out) {
  impl_->expire(now, out);
}

std::optional<Instant> Hub::next_timeout() const {
  return impl_->next_timeout();
}

bool Hub::has_room(std::string_view room) const {
  return impl_->find_room(room) != nullptr;
}

std::vector<Member> Hub::members(std::string_view room) const {
  std::vector<Member> members;
  if (const Room* found = impl_->find_room(room)) {
    for (const auto& session : found->members) members.push_back(session->member);
  }
  return members;
}

Totals Hub::totals() const {
  return impl_->totals();
}

}  // namespace parley::hub
