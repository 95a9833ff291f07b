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
  return event::StandingCall{.with = call.other(user).as,
                             .state = call.accepted ? CallState::accepted : ringing,
                             .room = call.room,
                             .id = call.id_for(user)};
}

}  // namespace

Done Hub::Impl::enrol(Connection& connection, const Message& message, command::Register& wish) {
  const Limits& limits = config_.limits;
  if (connection.user != nullptr) {
    return refusal(ErrorCode::already_joined,
                   "This connection is registered already, under a name that stays its own.");
  }
  if (connection.session != nullptr) {
    return refusal(ErrorCode::already_joined, "This socket is in a room. Register on another.");
  }
  if (Done checked = check(wish, limits); !checked) return checked;
  if (User* known = users_.find(wish.name)) {
    if (knows_secret_of(*known, wish.secret)) {
      take_over(connection, *known, std::move(wish.user_id));
      return {};
    }
    const bool same_tab = wish.secret && knows_secret_of(*known, wish.former);
    if (same_tab && known->connection == nullptr) {
      known->secret = std::move(wish.secret);
      take_over(connection, *known, std::move(wish.user_id));
      return {};
    }
    if (connection.outlived) {
      return refusal(ErrorCode::name_taken, "Somebody is online under this name. Register under another.");
    }
    if (!claims_.has_gone(*known)) {
      claims_.add(connection, message, {.user = known, .proven = same_tab, .bytes = outgoing_.new_share()});
      return {};
    }
    evict(*known, false);
  }
  if (Done made = make_place_for_name(connection); !made) return made;
  if (!wish.room.empty()) {
    command::Join place{.room = wish.room, .peer = wish.name, .name = wish.name};
    Done joined = admission_.join(connection, message, place);
    if (!joined || connection.session == nullptr) return joined;
  }
  static_cast<void>(connection.registrations.take(outgoing_.now()));
  static_cast<void>(connection.account->registrations.take(outgoing_.now()));
  ++connection.account->names;
  ++connection.account->uses;
  User& user =
      users_.add({.as = {.name = std::move(wish.name), .id = std::move(wish.user_id)},
                  .secret = std::move(wish.secret),
                  .account = connection.account,
                  .rings = {limits.rings_per_minute / 60, limits.rings_per_minute, outgoing_.now()}});
  seat_user(user, connection);
  return {};
}

void Hub::Impl::take_over(Connection& connection, User& user, std::string id) {
  stop_waiting_for(user);
  if (user.connection != nullptr) {
    count_reader(user, -1);
    user.connection->user = nullptr;
    connections_.close(*user.connection, registered_elsewhere);
  }
  claims_.refuse(user.claimants);
  users_.set_id(user, std::move(id));
  seat_user(user, connection);
}

void Hub::Impl::seat_user(User& user, Connection& connection) {
  user.connection = &connection;
  count_reader(user, 1);
  connection.user = &user;
  // Who comes back needs the list, too.
  user.known = {};
  user.reads_on = false;
  if (takes_changes(connection.dialect)) take_news(user);
  outgoing_.tell(
      user, event::Registered{.user = user.as, .call = standing_call_of(user), .limits = config_.limits});
}

void Hub::Impl::lose_user(User& user, Parting how) {
  if (!user.secret) return strike_off(user, EndReason::gone);
  count_reader(user, -1);
  user.connection->user = nullptr;
  user.connection = nullptr;
  user.takes_news = false;
  user.said_goodbye = how == Parting::goodbye;
  user.window_closes = (user.said_goodbye ? users_leaving_ : users_away_).join(user, outgoing_.now());
  user.away_of_account = user.account->users_away.join(user, outgoing_.now());
  claims_.decide_proven(user.claimants);
}

void Hub::Impl::stop_waiting_for(User& user) {
  if (!user.window_closes) return;
  (user.said_goodbye ? users_leaving_ : users_away_).leave(*user.window_closes);
  user.window_closes.reset();
  user.account->users_away.leave(*user.away_of_account);
  user.away_of_account.reset();
}

void Hub::Impl::strike_off(User& user, EndReason reason) {
  if (user.call != nullptr) end_call(user, reason);
  stop_waiting_for(user);
  claims_.decide(user.claimants);
  count_reader(user, -1);
  if (user.connection != nullptr) user.connection->user = nullptr;
  --user.account->names;
  accounts_.release(user.account, outgoing_.now());
  users_.remove(user);
}

}  // namespace parley::hub
