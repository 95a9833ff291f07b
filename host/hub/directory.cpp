#include "hub/directory.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/plain_name.hpp"
#include "hub/retry.hpp"
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

Directory::Directory(const Config& config, IdGenerator& ids, Accounts& accounts, Claims& claims,
                     Connections& connections, Rooms& rooms, Admission& admission, Expiries& expiries,
                     Outgoing& outgoing)
    : config_(config),
      limits_(config.limits),
      access_(config),
      accounts_(accounts),
      claims_(claims),
      connections_(connections),
      rooms_(rooms),
      admission_(admission),
      expiries_(expiries),
      outgoing_(outgoing),
      presence_(config, users_, outgoing),
      calls_(config, ids, users_, presence_, rooms, outgoing) {
  rooms.set_watcher(calls_);
}

Done Directory::enroll(Connection& connection, const Message& message, command::Register& wish) {
  if (connection.user != nullptr) {
    return refusal(ErrorCode::already_joined,
                   "This connection is registered already, under a name that stays its own.");
  }
  if (connection.session != nullptr) {
    return refusal(ErrorCode::already_joined, "This socket is in a room. Register on another.");
  }
  if (Done checked = check(wish, limits_); !checked) return checked;
  if (wish.token.credential.shown()) connection.credential = wish.token.credential;
  if (Done let_in = access_.enroll(connection, wish.name, outgoing_.now()); !let_in) return let_in;
  const auto& pass = connection.credential.pass;
  const bool is_owner = owns(pass, wish.name);
  if (config_.is_owned && !is_owner && config_.is_owned(wish.name)) {
    // Whoever looks for names that exist is slowed down.
    if (Done paced = count_registration(connection); !paced) return paced;
    return refusal(ErrorCode::name_taken,
                   "This name belongs to an account. Sign in to it, or register under another.");
  }
  if (User* known = users_.find(wish.name)) {
    const bool same_page = knows_secret_of(*known, wish.secret);
    const bool same_tab = wish.secret && knows_secret_of(*known, wish.former);
    if ((same_page || same_tab) && !is_same_person(known->pass, connection.credential.pass)) {
      return refusal(ErrorCode::token_identity,
                     "Somebody else is online under this name, as your token says. Register under another.");
    }
    if (same_page) {
      take_over(connection, *known, std::move(wish.user_id));
      return {};
    }
    if (same_tab && known->connection == nullptr) {
      known->secret = std::move(wish.secret);
      take_over(connection, *known, std::move(wish.user_id));
      return {};
    }
    if (is_owner && known->call == nullptr) {
      evict(*known, false);
      return enroll(connection, message, wish);
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
  if (Done ensured = ensure_name(connection); !ensured) return ensured;
  if (!wish.room.empty()) {
    command::Join join{.room = wish.room, .peer = wish.name, .name = wish.name};
    Done joined = admission_.join(connection, message, join);
    if (!joined || connection.session == nullptr) return joined;
  }
  static_cast<void>(count_registration(connection));
  const Instant now = outgoing_.now();
  ++connection.account->names;
  ++connection.account->uses;
  User& user = users_.add({.as = {.name = std::move(wish.name), .id = std::move(wish.user_id)},
                           .secret = std::move(wish.secret),
                           .account = connection.account,
                           .rings = {limits_.rings_per_minute / 60, limits_.rings_per_minute, now}});
  attach(user, connection);
  return {};
}

void Directory::take_over(Connection& connection, User& user, std::string id) {
  end_away(user);
  if (user.connection != nullptr) {
    presence_.disconnected(user);
    user.connection->user = nullptr;
    connections_.close(*user.connection, registered_elsewhere);
  }
  claims_.refuse(user.claimants);
  users_.set_id(user, std::move(id));
  attach(user, connection);
}

void Directory::attach(User& user, Connection& connection) {
  user.connection = &connection;
  connection.user = &user;
  expiries_.watch(user, connection.credential.pass, outgoing_.now());
  presence_.connected(user);
  outgoing_.tell(user, event::Registered{.user = user.as, .call = standing_call_of(user), .limits = limits_});
}

void Directory::disconnected(User& user, Parting how) {
  if (!user.secret) return unregister(user, EndReason::gone);
  presence_.disconnected(user);
  user.connection->user = nullptr;
  user.connection = nullptr;
  user.said_goodbye = how == Parting::goodbye;
  user.window_closes = (user.said_goodbye ? leaving_ : away_).join(user, outgoing_.now());
  user.away_of_account = user.account->users_away.join(user, outgoing_.now());
  claims_.decide_proven(user.claimants);
}

void Directory::end_away(User& user) {
  if (!user.window_closes) return;
  (user.said_goodbye ? leaving_ : away_).leave(*user.window_closes);
  user.window_closes.reset();
  user.account->users_away.leave(*user.away_of_account);
  user.away_of_account.reset();
}

void Directory::unregister(User& user, EndReason reason) {
  if (user.call != nullptr) calls_.end(user, reason);
  end_away(user);
  claims_.decide(user.claimants);
  presence_.disconnected(user);
  if (user.connection != nullptr) user.connection->user = nullptr;
  expiries_.forget(user);
  --user.account->names;
  accounts_.release(user.account, outgoing_.now());
  users_.remove(user);
}

void Directory::evict(User& holder, bool proven) {
  Connection* const connection = holder.connection;
  if (connection != nullptr) connections_.close(*connection, given_to_another);
  if (proven) return disconnected(holder, Parting::lost);
  unregister(holder, EndReason::gone);
  if (connection != nullptr && connection->session != nullptr) {
    rooms_.remove(*connection->session, LeaveReason::timeout);
  }
}

std::vector<User*> Directory::others_called(std::string_view name) {
  std::vector<User*> others;
  const std::string plain = plain_name(name);
  for (auto& [number, user] : users_.all()) {
    if (plain_name(user.as.name) == plain && !owns(user.pass, user.as.name)) others.push_back(&user);
  }
  return others;
}

void Directory::free_name(std::string_view name) {
  for (User* const each : others_called(name)) evict(*each, false);
}

Done Directory::ensure_name(Connection& connection) {
  Account& account = *connection.account;
  const std::size_t names = account.allowance(limits_.names_per_address);
  while (account.names >= names && !account.users_away.empty()) {
    unregister(*account.users_away.front().who, EndReason::gone);
  }
  if (account.names >= names) {
    return refusal(ErrorCode::address_full, "Your network address has " + std::to_string(names) +
                                                " people online already, which is all it may have. Try "
                                                "again when somebody there has left.");
  }
  if (users_.size() >= limits_.users) {
    if (User* away = longest_away()) unregister(*away, EndReason::gone);
  }
  if (users_.size() >= limits_.users) {
    return refusal(ErrorCode::too_many_users,
                   "As many users are online as this host can hold. Try again later.");
  }
  return check_pace(connection);
}

Done Directory::check_pace(Connection& connection) const {
  const Instant now = outgoing_.now();
  const Duration wait =
      std::max(connection.account->registrations.wait(now), connection.registrations.wait(now));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_fast, "You come online too often. " + try_again_in(wait));
  }
  return {};
}

Done Directory::count_registration(Connection& connection) {
  if (Done paced = check_pace(connection); !paced) return paced;
  static_cast<void>(connection.registrations.take(outgoing_.now()));
  static_cast<void>(connection.account->registrations.take(outgoing_.now()));
  return {};
}

User* Directory::longest_away() const {
  if (away_.empty() && leaving_.empty()) return nullptr;
  const bool lost = leaving_.empty() || (!away_.empty() && away_.front().since <= leaving_.front().since);
  return lost ? away_.front().who : leaving_.front().who;
}

/// At most as long as a client that says nothing may come back.
Duration Directory::goodbye_window() const {
  return std::min<Duration>(limits_.goodbye_window, limits_.resume_window);
}

std::optional<Instant> Directory::next_timeout() const {
  return earlier(presence_.next_timeout(),
                 earlier(away_.due(limits_.resume_window), leaving_.due(goodbye_window())));
}

void Directory::expire() {
  const auto unregister_due = [this](const TimeoutQueue<User>& queue, Duration window) {
    while (is_over(queue.due(window), outgoing_.now())) unregister(*queue.front().who, EndReason::gone);
  };
  unregister_due(away_, limits_.resume_window);
  unregister_due(leaving_, goodbye_window());
}

}  // namespace parley::hub
