#include "hub/outgoing.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"

namespace parley::hub {
namespace {

/// The call that this is about; 0 where it does not say, or is about none.
CallId call_of(const Command& command) {
  return std::visit(
      overloaded{[](const command::Call& call) { return call.id; },
                 [](const command::AcceptCall& accept) { return accept.id; },
                 [](const command::RejectCall& reject) { return reject.id; },
                 [](const command::EndCall& end) { return end.id; }, [](const auto&) { return CallId{0}; }},
      command);
}

}  // namespace

void Outgoing::begin_turn(Instant now, Outcome& out) {
  now_ = now;
  out_ = &out;
}

void Outgoing::tell(Session& session, std::shared_ptr<const Event> event) {
  if (!resumes(session.member.dialect)) {
    // A member that the application speaks for has no connection, and nothing to be told.
    if (session.connection != nullptr) answer(*session.connection, std::move(event));
    return;
  }
  const std::uint64_t seq = session.log.append(event);
  if (session.connection != nullptr) {
    out_->deliveries.push_back(
        {.to = session.connection->id, .event = std::move(event), .seq = seq, .ack = session.received});
    settle_ack(session);
  } else if (session.log.forgotten() > session.sent_when_lost) {
    doom(session);
  }
}

void Outgoing::tell_others(const Session& session, EventBody body) {
  if (session.room->members.size() < 2) return;
  const auto event = std::make_shared<const Event>(std::move(body));
  for (const auto& other : session.room->members) {
    if (other.get() != &session) tell(*other, event);
  }
}

void Outgoing::tell_of_newcomer(const Session& newcomer) {
  const auto& members = newcomer.room->members;
  event::PeerJoined news{.peer = newcomer.member, .members = members.size()};
  const auto shared = std::make_shared<const Event>(news);
  for (const auto& other : members) {
    if (other.get() == &newcomer) continue;
    if (!shows_roster(other->member.dialect)) {
      tell(*other, shared);
      continue;
    }
    news.others.clear();
    for (const auto& member : members) {
      if (member != other) news.others.push_back(member->member.id);
    }
    tell(*other, std::make_shared<const Event>(news));
  }
}

void Outgoing::tell_of_leaving(const Session& leaving, LeaveReason reason) {
  const auto& members = leaving.room->members;
  if (members.size() < 2) return;
  const auto event =
      std::make_shared<const Event>(event::PeerLeft{leaving.member.id, reason, members.size() - 1});
  for (const auto& other : members) {
    if (other.get() != &leaving && other->member.id != leaving.parted_from) tell(*other, event);
  }
}

void Outgoing::tell(const User& user, EventBody body) {
  if (user.connection != nullptr) answer(*user.connection, std::move(body));
}

void Outgoing::replay(const Session& session) {
  for (const ReplayLog::Entry& missed : session.log.entries()) {
    out_->deliveries.push_back(
        {.to = session.connection->id, .event = missed.event, .seq = missed.seq, .ack = session.received});
  }
}

void Outgoing::answer(Connection& connection, EventBody body) {
  answer(connection, std::make_shared<const Event>(std::move(body)));
}

void Outgoing::answer(Connection& connection, std::shared_ptr<const Event> event) {
  const std::uint64_t ack = connection.session != nullptr ? connection.session->received : 0;
  out_->deliveries.push_back({.to = connection.id, .event = std::move(event), .ack = ack});
  if (connection.session != nullptr) settle_ack(*connection.session);
}

void Outgoing::refuse(Connection& connection, const Message& message, Refusal why) {
  Session* session = connection.session;
  auto event = std::make_shared<const Event>(event::Error{.code = why.code,
                                                          .message = std::move(why.sentence),
                                                          .re = message.type,
                                                          .call = call_of(message.command)});
  if (session != nullptr && message.seq != 0) {
    tell(*session, std::move(event));
  } else {
    answer(connection, std::move(event));
  }
  out_->notices.push_back({.kind = Notice::Kind::refused,
                           .connection = connection.id,
                           .address = connection.address,
                           .room = session != nullptr ? session->room->name : std::string(),
                           .peer = session != nullptr ? session->member.id : std::string(),
                           .detail = name_of(why.code),
                           .refused = name_of(why.code)});
}

void Outgoing::close(const Connection& connection, Close why) {
  out_->deliveries.push_back({.to = connection.id, .event = nullptr, .close = why});
  out_->notices.push_back({.kind = Notice::Kind::closed,
                           .connection = connection.id,
                           .address = connection.address,
                           .detail = why.reason,
                           .refused = why.limit});
}

void Outgoing::note(Notice::Kind kind, const Session& session, std::string_view detail) {
  out_->notices.push_back({.kind = kind,
                           .connection = session.connection != nullptr ? session.connection->id : 0,
                           .address = session.address,
                           .room = session.room->name,
                           .peer = session.member.id,
                           .detail = detail});
}

void Outgoing::owe_ack(Session& session) {
  const std::uint64_t owed = session.received - session.acknowledged;
  if (owed == 0) return;
  if (owed >= limits_.ack_messages) return answer(*session.connection, ack_);
  if (!session.ack_due) session.ack_due = owing_.join(session, now_);
}

void Outgoing::settle_ack(Session& session) {
  session.acknowledged = session.received;
  if (session.ack_due) owing_.leave(*session.ack_due);
  session.ack_due.reset();
}

std::optional<Instant> Outgoing::next_timeout() const {
  return owing_.due(limits_.ack_delay);
}

void Outgoing::expire() {
  while (is_over(next_timeout(), now_)) answer(*owing_.front().who->connection, ack_);
}

void Outgoing::doom(Session& session) {
  if (session.doomed) return;
  session.doomed = true;
  doomed_.push_back(&session);
}

void Outgoing::forget(Session& session) {
  settle_ack(session);
  if (session.doomed) std::erase(doomed_, &session);
}

}  // namespace parley::hub
