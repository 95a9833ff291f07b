#include <utility>
#include <variant>

#include "base/overloaded.hpp"
#include "hub/hub_impl.hpp"

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

void Hub::Impl::tell(Session& session, std::shared_ptr<const Event> event, Outcome& out) {
  if (!resumes(session.member.dialect)) {
    // A member that the application speaks for has no connection, and nothing to be told.
    if (session.connection != nullptr) answer(*session.connection, std::move(event), out);
    return;
  }
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

void Hub::Impl::tell_of_newcomer(const Session& newcomer, Outcome& out) {
  const auto& members = newcomer.room->members;
  event::PeerJoined news{.peer = newcomer.member, .members = members.size()};
  const auto shared = std::make_shared<const Event>(news);
  for (const auto& other : members) {
    if (other.get() == &newcomer) continue;
    if (!shows_roster(other->member.dialect)) {
      tell(*other, shared, out);
      continue;
    }
    news.others.clear();
    for (const auto& member : members) {
      if (member != other) news.others.push_back(member->member.id);
    }
    tell(*other, std::make_shared<const Event>(news), out);
  }
}

void Hub::Impl::tell_of_leaving(const Session& leaving, LeaveReason reason, Outcome& out) {
  const auto& members = leaving.room->members;
  if (members.size() < 2) return;
  const auto event =
      std::make_shared<const Event>(event::PeerLeft{leaving.member.id, reason, members.size() - 1});
  for (const auto& other : members) {
    if (other.get() != &leaving && other->member.id != leaving.parted_from) tell(*other, event, out);
  }
}

void Hub::Impl::tell_user(const User& user, EventBody body, Outcome& out) {
  // Whoever is away learns on its return what has become of its call.
  if (user.connection == nullptr) return;
  answer(*user.connection, std::make_shared<const Event>(std::move(body)), out);
}

void Hub::Impl::answer(Connection& connection, std::shared_ptr<const Event> event, Outcome& out) {
  const std::uint64_t ack = connection.session != nullptr ? connection.session->received : 0;
  out.deliveries.push_back({.to = connection.id, .event = std::move(event), .ack = ack});
  if (connection.session != nullptr) settle(*connection.session);
}

void Hub::Impl::refuse(Connection& connection, const Message& message, Refusal why, Outcome& out) {
  Session* session = connection.session;
  auto event = std::make_shared<const Event>(event::Error{.code = why.code,
                                                          .message = std::move(why.sentence),
                                                          .re = message.type,
                                                          .call = call_of(message.command)});
  if (session != nullptr && message.seq != 0) {
    tell(*session, std::move(event), out);
  } else {
    answer(connection, std::move(event), out);
  }
  out.notices.push_back({.kind = Notice::Kind::refused,
                         .connection = connection.id,
                         .address = connection.address,
                         .room = session != nullptr ? session->room->name : std::string(),
                         .peer = session != nullptr ? session->member.id : std::string(),
                         .detail = name_of(why.code)});
}

void Hub::Impl::refuse_other_room(Connection& connection, const Message& message, Outcome& out) {
  refuse(connection, message,
         {ErrorCode::not_joined, "You are in room \"" + connection.session->room->name +
                                     "\", and this names another. Leave the one and join the other first."},
         out);
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

void Hub::Impl::note(Notice::Kind kind, const Session& session, std::string_view detail, Outcome& out) {
  out.notices.push_back({.kind = kind,
                         .connection = session.connection != nullptr ? session.connection->id : 0,
                         .address = session.address,
                         .room = session.room->name,
                         .peer = session.member.id,
                         .detail = detail});
}

}  // namespace parley::hub
