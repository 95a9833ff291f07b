#include "hub/hub.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "base/overloaded.hpp"
#include "hub/hub_impl.hpp"
#include "hub/rules.hpp"

namespace parley::hub {
namespace {

constexpr Close not_utf8{1007, "the message is not UTF-8"};
constexpr Close flooding{1008, "too many messages for too long"};

/// For tests and simulations: the same seed gives the same secrets, and anybody can guess them.
std::function<std::string()> seeded_secrets(std::uint64_t seed) {
  return [random = std::mt19937_64(~seed)]() mutable {
    return std::to_string(random()) + std::to_string(random());
  };
}

}  // namespace

Hub::Impl::Impl(Config config)
    : config_(std::move(config)),
      outgoing_(config_.limits),
      ids_(config_.seed),
      accounts_(config_.limits),
      ring_backoff_(config_.limits),
      claims_(config_.limits, outgoing_),
      connections_(config_.limits, accounts_, claims_, outgoing_),
      streams_(config_, outgoing_) {
  if (!config_.make_secret) config_.make_secret = seeded_secrets(config_.seed);
}

void Hub::Impl::connected(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
                          const Source& source) {
  connections_.open(id, dialect, now, role, std::move(address), source);
}

void Hub::Impl::handle(ConnectionId from, Message& message, Instant now, Outcome& out) {
  Connection* const found = connections_.find(from);
  if (found == nullptr || found->closing) return;
  outgoing_.begin_turn(now, out);
  Connection& connection = *found;

  if (std::holds_alternative<command::NotUtf8>(message.command)) {
    if (connection.session != nullptr) lose(*connection.session);
    connections_.close(connection, not_utf8);
    return settle();
  }
  if (connection.dropped > 0 && connection.bucket.full(now)) connection.dropped = 0;
  const bool in_time = connection.bucket.take(now);
  if (connection.role == Role::client) claims_.refuse_all_of(connection);
  if (connection.claim == nullptr) {
    take(connection, message, in_time);
  } else if (in_time) {
    if (Done held = claims_.hold(connection, message); !held)
      outgoing_.refuse(connection, message, std::move(held.error()));
  } else {
    throttle(connection, message);
  }
  settle();
}

/// What is left to do after anything that happened.
void Hub::Impl::settle() {
  remove_doomed();
  settle_claims();
  publish_users();
  remove_doomed();
}

void Hub::Impl::take(Connection& connection, Message& message, bool in_time) {
  if (Session* session = connection.session) {
    session->log.acknowledge(message.ack);
    if (message.seq != 0 && message.seq <= session->received) return;
    session->received = std::max(session->received, message.seq);
  }
  if (connection.role == Role::gateway) {
    if (Done done = perform_for_gateway(connection, message); !done)
      outgoing_.refuse(connection, message, std::move(done.error()));
  } else if (in_time) {
    perform(connection, message);
  } else {
    throttle(connection, message);
  }
  if (connection.session != nullptr && resumes(connection.dialect)) outgoing_.owe_ack(*connection.session);
}

void Hub::Impl::disconnected(ConnectionId id, Instant now, Outcome& out, Parting how) {
  Connection* const connection = connections_.find(id);
  if (connection == nullptr) return;
  outgoing_.begin_turn(now, out);
  claims_.withdraw(*connection);
  // A call that ends with this takes its member out of the room.
  if (User* user = connection->user) lose_user(*user, how);
  if (Session* session = connection->session) lose(*session, how);
  connections_.erase(*connection);
  settle();
}

void Hub::Impl::alive(ConnectionId id, Instant now, Outcome& out) {
  Connection* const connection = connections_.find(id);
  if (connection == nullptr || connection->closing) return;
  outgoing_.begin_turn(now, out);
  if (connection->role == Role::client) {
    claims_.refuse_all_of(*connection);
  } else if (connection->session != nullptr) {
    if (Session* publisher = connection->session->room->publisher()) claims_.refuse(publisher->claimants);
  }
  settle();
}

void Hub::Impl::expire(Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  outgoing_.expire();
  const auto overdue = [now](const auto& line, Duration window) {
    return !line.empty() && line.front().since + window <= now;
  };
  const Limits& limits = config_.limits;
  while (overdue(away_, limits.resume_window)) remove(*away_.front().who, LeaveReason::timeout);
  while (overdue(leaving_, goodbye_window())) remove(*leaving_.front().who, LeaveReason::timeout);
  while (overdue(users_away_, limits.resume_window)) {
    strike_off(*users_away_.front().who, EndReason::gone);
  }
  while (overdue(users_leaving_, goodbye_window())) {
    strike_off(*users_leaving_.front().who, EndReason::gone);
  }
  expire_claims();
  streams_.expire();
  settle();
}

/// Of who can come back for less long than that, no longer.
Duration Hub::Impl::goodbye_window() const {
  return std::min<Duration>(config_.limits.goodbye_window, config_.limits.resume_window);
}

std::optional<Instant> Hub::Impl::next_timeout() const {
  std::optional<Instant> next;
  const auto wake_at = [&](Instant then) { next = next ? std::min(*next, then) : then; };
  if (const auto due = outgoing_.next_timeout()) wake_at(*due);
  if (!away_.empty()) wake_at(away_.front().since + config_.limits.resume_window);
  if (!users_away_.empty()) wake_at(users_away_.front().since + config_.limits.resume_window);
  if (!leaving_.empty()) wake_at(leaving_.front().since + goodbye_window());
  if (!users_leaving_.empty()) wake_at(users_leaving_.front().since + goodbye_window());
  if (const auto due = claims_.next_timeout()) wake_at(*due);
  if (const auto due = streams_.next_timeout()) wake_at(*due);
  if (has_news()) wake_at(users_due());
  return next;
}

const Room* Hub::Impl::find_room(std::string_view name) const {
  const auto found = rooms_.find(name);
  return found == rooms_.end() ? nullptr : &found->second;
}

std::vector<std::string> Hub::Impl::room_names() const {
  std::vector<std::string> names;
  names.reserve(rooms_.size());
  for (const auto& [name, room] : rooms_) names.push_back(name);
  return names;
}

Totals Hub::Impl::totals() const {
  return {.connections = connections_.clients(),
          .rooms = rooms_.size(),
          .members = members_,
          .away = away_.size() + leaving_.size()};
}

void Hub::Impl::perform(Connection& connection, Message& message) {
  Session* session = connection.session;
  const auto member_only = [&](auto&& act) {
    if (session != nullptr) return act();
    outgoing_.refuse(connection, message, {ErrorCode::not_joined, "Join a room first."});
  };
  const auto user_only = [&](auto&& act) {
    if (connection.user != nullptr) return act(*connection.user);
    outgoing_.refuse(connection, message, {ErrorCode::not_registered, "Register first."});
  };
  std::visit(
      overloaded{
          [&](command::Join& wish) { join(connection, message, wish); },
          [&](command::Signal& signal) { relay(connection, message, signal); },
          [&](command::Update& change) { member_only([&] { update(*session, message, change); }); },
          [&](const command::Leave& leave) {
            if (User* user = connection.user) return strike_off(*user, end_said_by(*user));
            member_only([&] {
              if (!session->room->is_meant(leave.room)) return refuse_other_room(connection, message);
              remove(*session, LeaveReason::left);
            });
          },
          [&](const command::Ping&) { outgoing_.pong(connection); },
          [&](const command::Ack&) {},
          [&](command::Register& wish) { enrol(connection, message, wish); },
          [&](const command::NextUsers&) { user_only([&](User& user) { take_news(user); }); },
          [&](const command::Call& wish) { user_only([&](User& user) { call(user, message, wish); }); },
          [&](const command::AcceptCall& accept) {
            user_only([&](User& user) { accept_call(user, message, accept); });
          },
          [&](const command::RejectCall& reject) {
            user_only([&](User& user) { reject_call(user, message, reject); });
          },
          [&](const command::EndCall& end) { user_only([&](User& user) { hang_up(user, message, end); }); },
          [&](const command::Flows&) {},   // no client's dialect has words for this,
          [&](const command::Report&) {},  // nor for that
          [&](command::Refused& why) {
            outgoing_.refuse(connection, message, {why.code, std::move(why.message)});
          },
          [&](const command::NotUtf8&) {},
      },
      message.command);
}

Done Hub::Impl::perform_for_gateway(Connection& gateway, Message& message) {
  // What it says to a publisher that has just left is nobody's fault, and for nobody.
  Session* const session = gateway.session;
  return std::visit(overloaded{
                        [&](const command::Join& wish) {
                          const auto room = rooms_.find(wish.room);
                          return streams_.join(gateway, room == rooms_.end() ? nullptr : &room->second);
                        },
                        [&](command::Signal& signal) {
                          return session == nullptr ? Done() : streams_.relay(*session, signal);
                        },
                        [&](const command::Flows&) {
                          if (session != nullptr) streams_.flows(*session->room->publisher());
                          return Done();
                        },
                        [&](command::Report& said) {
                          if (session != nullptr) streams_.report(*session, said);
                          return Done();
                        },
                        [&](const command::Leave&) {
                          if (session != nullptr) streams_.lose(*session);
                          return Done();
                        },
                        [&](const command::Ping&) {
                          outgoing_.pong(gateway);
                          return Done();
                        },
                        // It has nothing else to say that would concern anybody.
                        [](const auto&) { return Done(); },
                    },
                    message.command);
}

void Hub::Impl::update(Session& session, const Message& message, command::Update& update) {
  if (Done checked = check(update, config_.limits); !checked) {
    return outgoing_.refuse(*session.connection, message, std::move(checked.error()));
  }
  if (update.name) session.member.name = *std::move(update.name);
  if (update.meta) session.member.meta = *std::move(update.meta);
  outgoing_.tell_others(session, event::PeerUpdated{session.member});
}

void Hub::Impl::throttle(Connection& connection, const Message& message) {
  if (++connection.dropped > config_.limits.flood_messages) {
    connections_.close(connection, flooding);
    if (connection.user != nullptr) strike_off(*connection.user, EndReason::gone);
    if (connection.session != nullptr) remove(*connection.session, LeaveReason::closed);
    return;
  }
  outgoing_.refuse(connection, message,
                   {ErrorCode::too_fast, "This message was dropped: send fewer a second."});
}

Hub::Hub(Config config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Hub::~Hub() = default;

std::size_t Hub::excess(std::size_t unsent) const {
  return impl_->excess(unsent);
}

void Hub::relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out) {
  impl_->relieve(bytes, unsent, out);
}

void Hub::connected(ConnectionId connection, Dialect dialect, Instant now, Role role, std::string address,
                    const Source& source) {
  impl_->connected(connection, dialect, now, role, std::move(address), source);
}

void Hub::handle(ConnectionId from, Message message, Instant now, Outcome& out) {
  impl_->handle(from, message, now, out);
}

void Hub::disconnected(ConnectionId connection, Instant now, Outcome& out, Parting how) {
  impl_->disconnected(connection, now, out, how);
}

void Hub::alive(ConnectionId connection, Instant now, Outcome& out) {
  impl_->alive(connection, now, out);
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

std::vector<std::string> Hub::rooms() const {
  return impl_->room_names();
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
