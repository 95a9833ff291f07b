#include <algorithm>
#include <utility>

#include "hub/hub_impl.hpp"
#include "hub/rules.hpp"
#include "hub/secret.hpp"

namespace parley::hub {
namespace {

constexpr Close registered_elsewhere{4001, "this registration continues on another socket"};

bool knows_secret_of(const User& user, const std::optional<std::string>& shown) {
  return user.secret && shown && same_secret(*user.secret, *shown);
}

std::optional<event::StandingCall> standing_call_of(const User& user) {
  if (user.call == nullptr) return std::nullopt;
  const Call& call = *user.call;
  const CallState ringing = &user == &call.caller ? CallState::outgoing : CallState::incoming;
  return event::StandingCall{
      .with = call.other(user).as, .state = call.accepted ? CallState::accepted : ringing, .room = call.room};
}

}  // namespace

void Hub::Impl::enrol(Connection& connection, const Message& message, command::Register& wish, Instant now,
                      Outcome& out) {
  const Limits& limits = config_.limits;
  const auto no = [&](ErrorCode code, std::string sentence) {
    refuse(connection, message, code, std::move(sentence), out);
  };
  if (connection.user != nullptr) {
    return no(ErrorCode::already_joined,
              "This connection is registered already, under a name that stays its own.");
  }
  if (connection.session != nullptr) {
    return no(ErrorCode::already_joined, "This socket is in a room. Register on another.");
  }
  if (std::string fault = fault_of(wish, limits); !fault.empty()) {
    return no(ErrorCode::bad_field, std::move(fault));
  }
  if (User* known = users_.find(wish.name)) {
    if (knows_secret_of(*known, wish.secret)) {
      return take_over(connection, *known, std::move(wish.user_id), out);
    }
    const bool same_tab = wish.secret && knows_secret_of(*known, wish.former);
    if (same_tab && known->connection == nullptr) {
      known->secret = std::move(wish.secret);
      return take_over(connection, *known, std::move(wish.user_id), out);
    }
    if (connection.outlived) {
      return no(ErrorCode::name_taken, "Somebody is online under this name. Register under another.");
    }
    if (!has_gone(*known, now)) {
      return claim(connection, message, {.user = known, .proven = same_tab}, now, out);
    }
    evict(*known, false, now, out);
  }
  if (users_.size() >= limits.users) {
    return no(ErrorCode::too_many_users, "As many users are online as this host can hold. Try again later.");
  }
  if (!wish.room.empty()) {
    command::Join place{.room = wish.room, .peer = wish.name, .name = wish.name};
    join(connection, message, place, now, out);
    if (connection.session == nullptr) return;
  }
  User& user = users_.add({.as = {.name = std::move(wish.name), .id = std::move(wish.user_id)},
                           .secret = std::move(wish.secret)});
  seat_user(user, connection, out);
}

void Hub::Impl::take_over(Connection& connection, User& user, std::string id, Outcome& out) {
  stop_waiting_for(user);
  if (user.connection != nullptr) {
    user.connection->user = nullptr;
    close(*user.connection, registered_elsewhere, out);
  }
  refuse_claims(user.claimants);
  users_.set_id(user, std::move(id));
  seat_user(user, connection, out);
}

void Hub::Impl::seat_user(User& user, Connection& connection, Outcome& out) {
  user.connection = &connection;
  connection.user = &user;
  // Also who comes back needs the list, and had no part in its changes.
  users_changed_ = true;
  tell_user(user,
            event::Registered{.user = user.as, .call = standing_call_of(user), .limits = config_.limits},
            out);
}

void Hub::Impl::lose_user(User& user, Instant now, Outcome& out, Parting how) {
  if (!user.secret) return strike_off(user, EndReason::gone, out);
  user.connection->user = nullptr;
  user.connection = nullptr;
  user.said_goodbye = how == Parting::goodbye;
  user.window_closes = (user.said_goodbye ? users_leaving_ : users_away_).join(user, now);
  decide_proven_claims(user.claimants);
}

void Hub::Impl::stop_waiting_for(User& user) {
  if (!user.window_closes) return;
  (user.said_goodbye ? users_leaving_ : users_away_).leave(*user.window_closes);
  user.window_closes.reset();
}

void Hub::Impl::strike_off(User& user, EndReason reason, Outcome& out) {
  if (user.call != nullptr) end_call(user, reason, out);
  stop_waiting_for(user);
  decide_claims(user.claimants);
  if (user.connection != nullptr) user.connection->user = nullptr;
  users_.remove(user);
  users_changed_ = true;
}

/// For how long the list, as it is now, is all that may be sent.
Duration Hub::Impl::users_cost() const {
  const Limits& limits = config_.limits;
  const std::chrono::milliseconds cost(users_.size() * users_.list_bytes() * 1'000 /
                                       limits.users_bytes_per_second);
  return std::max<Duration>(limits.users_interval, cost);
}

/// When the list may go out again: what the last one cost is paid first. While many come and go, so is what
/// this one costs; once they have calmed down, nobody waits for that.
Instant Hub::Impl::users_due() const {
  const Instant calm = users_changed_at_ + config_.limits.users_interval;
  return std::max(users_sent_at_ + users_sent_cost_, std::min(calm, users_sent_at_ + users_cost()));
}

void Hub::Impl::publish_users(Instant now, Outcome& out) {
  if (std::exchange(users_seen_, users_.changes()) != users_.changes()) users_changed_at_ = now;
  if (!users_changed_ || now < users_due()) return;
  users_changed_ = false;
  users_sent_at_ = now;
  users_sent_cost_ = users_cost();
  event::UsersOnline online{.users = {}, .at = config_.wall_clock()};
  for (const User& user : users_.all()) online.users.push_back(user.as);
  const auto event = std::make_shared<const Event>(std::move(online));
  for (const User& user : users_.all()) {
    if (user.connection != nullptr) answer(*user.connection, event, out);
  }
}

}  // namespace parley::hub
