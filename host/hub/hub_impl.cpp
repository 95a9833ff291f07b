#include "hub/hub_impl.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"
#include "base/plain_name.hpp"

namespace parley::hub {
namespace {

constexpr Close not_utf8{1007, "the message is not UTF-8"};
constexpr Close not_admitted{1008, "there is no place for this client here"};
constexpr Close token_is_over{1008, "the token's time is over"};
constexpr Close flooding{1008, "too many messages for too long", "flood-messages"};

std::chrono::seconds seconds_until(Instant end, Instant now) {
  return std::chrono::round<std::chrono::seconds>(std::max(end - now, Duration{}));
}

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
      access_(config_),
      ids_(config_.seed),
      accounts_(config_.limits),
      claims_(config_.limits, outgoing_),
      connections_(config_.limits, accounts_, claims_, outgoing_),
      expiries_(config_.limits),
      streams_(config_, outgoing_),
      rooms_(config_, accounts_, claims_, connections_, streams_, expiries_, books_, outgoing_),
      moderation_(config_, ids_, books_, rooms_, connections_, outgoing_),
      admission_(config_, ids_, rooms_, moderation_, claims_, connections_, outgoing_),
      directory_(config_, ids_, accounts_, claims_, connections_, rooms_, admission_, expiries_, outgoing_),
      relay_(config_, admission_, books_, streams_, directory_.users(), outgoing_),
      manager_(config_, ids_, rooms_, relay_, outgoing_) {
  if (!config_.make_secret) config_.make_secret = seeded_secrets(config_.seed);
}

void Hub::Impl::connected(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
                          const Source& source, Credential credential) {
  connections_.open(id, dialect, now, role, std::move(address), source, std::move(credential));
}

void Hub::Impl::handle(ConnectionId from, Message& message, Instant now, Outcome& out) {
  Connection* const found = connections_.find(from);
  if (found == nullptr || found->closing) return;
  outgoing_.begin_turn(now, out);
  Connection& connection = *found;

  if (std::holds_alternative<command::NotUtf8>(message.command)) {
    if (connection.session != nullptr) lose(*connection.session, Parting::lost);
    connections_.close(connection, not_utf8);
    return end_turn();
  }
  if (connection.dropped > 0 && connection.messages.full(now) && connection.bytes.full(now))
    connection.dropped = 0;
  const bool in_time =
      connection.messages.take(now) && connection.bytes.take(now, static_cast<double>(message.bytes));
  if (connection.role == Role::client) claims_.refuse_all_of(connection);
  if (connection.claim == nullptr && connection.waiting == nullptr) {
    take(connection, message, in_time);
  } else if (in_time) {
    Done held = connection.claim != nullptr ? claims_.hold(connection, message)
                                            : moderation_.hold(connection, message);
    if (!held) refuse(connection, message, std::move(held.error()));
  } else {
    throttle(connection, message);
  }
  end_turn();
}

/// What is left to do after anything that happened.
void Hub::Impl::end_turn() {
  rooms_.remove_doomed();
  act_on_claims();
  act_on_admissions();
  directory_.presence().publish();
  rooms_.remove_doomed();
}

void Hub::Impl::take(Connection& connection, Message& message, bool in_time) {
  if (Session* session = connection.session) {
    session->log.acknowledge(message.ack);
    if (message.seq != 0 && message.seq <= session->received) return;
    session->received = std::max(session->received, message.seq);
  }
  if (connection.role == Role::gateway || in_time) {
    Done done = connection.role == Role::gateway ? perform_for_gateway(connection, message)
                                                 : perform(connection, message);
    if (!done) refuse(connection, message, std::move(done.error()));
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
  moderation_.withdraw(*connection);
  // A call that ends with this takes its member out of the room.
  if (User* user = connection->user) directory_.disconnected(*user, how);
  if (Session* session = connection->session) lose(*session, how);
  connections_.erase(*connection);
  end_turn();
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
  end_turn();
}

void Hub::Impl::expire(Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  outgoing_.expire();
  rooms_.expire();
  directory_.expire();
  moderation_.expire();
  end_expired();
  evict_overdue();
  streams_.expire();
  end_turn();
}

std::optional<Instant> Hub::Impl::next_timeout() const {
  std::optional<Instant> next = outgoing_.next_timeout();
  for (const auto& due : {rooms_.next_timeout(), directory_.next_timeout(), claims_.next_timeout(),
                          streams_.next_timeout(), expiries_.next_timeout(), moderation_.next_timeout()}) {
    next = earlier(next, due);
  }
  return next;
}

void Hub::Impl::evict_overdue() {
  while (const Claim* claim = claims_.overdue()) {
    if (claim->session != nullptr) {
      rooms_.evict(*claim->session, claim->proven ? LeaveReason::replaced : LeaveReason::timeout);
    } else {
      directory_.evict(*claim->user, claim->proven);
    }
  }
}

/// Whoever waited for a decision tries again, knowing it.
void Hub::Impl::act_on_claims() {
  while (const auto id = claims_.next_decided()) {
    Connection* const claimant = connections_.find(*id);
    if (claimant == nullptr) continue;
    const auto claim = std::move(claimant->claim);
    if (claim == nullptr) continue;
    claimant->outlived = claim->lost;
    handle_again(*claimant, std::move(claim->held));
  }
}

void Hub::Impl::act_on_admissions() {
  while (const auto id = moderation_.next_admitted()) {
    Connection* const guest = connections_.find(*id);
    if (guest == nullptr) continue;
    if (const auto waiting = std::exchange(guest->waiting, nullptr))
      handle_again(*guest, std::move(waiting->held));
  }
}

/// What was held until something was decided; it may come to wait for the next decision.
void Hub::Impl::handle_again(Connection& connection, std::vector<Message> held) {
  for (Message& message : held) {
    if (connection.closing) break;
    if (connection.claim != nullptr) {
      Claims::keep(*connection.claim, std::move(message));
    } else if (connection.waiting != nullptr) {
      connection.waiting->keep(std::move(message));
    } else {
      take(connection, message);
    }
    connection.outlived = false;
  }
  // What a moderator has let in is this, and nothing that comes after it.
  if (connection.claim == nullptr) connection.admitted.clear();
}

Done Hub::Impl::admit(command::Join& join, Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  return manage(out, [&](RoomManager& manager) { return manager.admit(join); });
}

Done Hub::Impl::moderate(const std::string& room, command::Moderate& wish, Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  Done done = moderation_.act(nullptr, room, wish);
  end_turn();
  return done;
}

Done Hub::Impl::keep_room(const std::string& room, const RuleChange& rules, Instant now, Outcome& out) {
  outgoing_.begin_turn(now, out);
  Done done = moderation_.keep(room, rules);
  end_turn();
  return done;
}

const Room* Hub::Impl::find_room(std::string_view name) const {
  const auto found = rooms().find(name);
  return found == rooms().end() ? nullptr : &found->second;
}

Totals Hub::Impl::totals() const {
  return {.connections = connections_.clients(),
          .rooms = rooms_.all().size(),
          .members = rooms_.members(),
          .away = rooms_.away()};
}

Source Hub::Impl::source_of(ConnectionId id) const {
  const Connection* const connection = connections_.find(id);
  if (connection == nullptr) return {};
  return {.key = connection->account->key, .local = connection->account->local};
}

Done Hub::Impl::perform(Connection& connection, Message& message) {
  const auto member_only = [&](auto&& act) -> Done {
    if (connection.session != nullptr) return act(*connection.session);
    return refusal(ErrorCode::not_joined, "Join a room first.");
  };
  const auto user_only = [&](auto&& act) -> Done {
    if (connection.user != nullptr) return act(*connection.user);
    return refusal(ErrorCode::not_registered, "Register first.");
  };
  return std::visit(
      overloaded{
          [&](command::Join& wish) { return admission_.join(connection, message, wish); },
          [&](command::Signal& signal) { return relay_.relay(connection, message, signal); },
          [&](command::Update& change) {
            return member_only([&](Session& session) { return rooms_.update(session, change); });
          },
          [&](const command::Leave& wish) { return leave(connection, wish); },
          [&](const command::Ping&) {
            outgoing_.pong(connection);
            return Done();
          },
          [&](command::Moderate& wish) {
            return member_only([&](Session& session) {
              return moderation_.act(&session, std::string(session.room->name), wish);
            });
          },
          [&](const command::Renew& renewal) { return renew(connection, renewal); },
          [&](command::Register& wish) { return directory_.enroll(connection, message, wish); },
          [&](const command::NextUsers&) {
            return user_only([&](User& user) {
              directory_.presence().request_page(user);
              return Done();
            });
          },
          [&](const command::Call& wish) {
            return user_only([&](User& user) { return directory_.calls().call(user, wish); });
          },
          [&](const command::AcceptCall& accept) {
            return user_only([&](User& user) { return directory_.calls().accept(user, accept); });
          },
          [&](const command::RejectCall& reject) {
            return user_only([&](User& user) { return directory_.calls().reject(user, reject); });
          },
          [&](const command::EndCall& end) {
            return user_only([&](User& user) { return directory_.calls().hang_up(user, end); });
          },
          [&](command::Refused& why) -> Done { return refusal(why.code, std::move(why.message)); },
          // An acknowledgement was handled already; no client's dialect has words for the others.
          [](const auto&) { return Done(); },
      },
      message.command);
}

Done Hub::Impl::leave(Connection& connection, const command::Leave& leave) {
  if (User* user = connection.user) {
    directory_.unregister(*user, end_said_by(*user));
    return {};
  }
  if (connection.session == nullptr) return refusal(ErrorCode::not_joined, "Join a room first.");
  if (Done meant = connection.session->room->check_meant(leave.room); !meant) return meant;
  rooms_.remove(*connection.session, LeaveReason::left);
  return {};
}

/// The stay goes on by the new token, or is as it was.
Done Hub::Impl::renew(Connection& connection, const command::Renew& renewal) {
  Session* const session = connection.session;
  User* const user = connection.user;
  if (session == nullptr && user == nullptr)
    return refusal(ErrorCode::not_joined, "Join a room first, or register.");
  Credential& shown = connection.credential;
  const Credential before = std::exchange(shown, renewal.token.credential);
  const Instant now = outgoing_.now();
  Done done = config_.auth == Auth::off || shown.shown()
                  ? Done()
                  : refusal(ErrorCode::token_required, "Renew with a token: here is none.");
  if (done && session != nullptr) {
    const std::string& room = session->room->name;
    done = access_.enter(connection, room, rooms_.expects(room, session->member.id),
                         books_.rules_of(room).is_private, now);
    if (done) done = goes_on(session->pass, session->member.name, shown);
  }
  if (done && user != nullptr) done = access_.enroll(connection, user->as.name, now);
  if (done && user != nullptr) done = goes_on(user->pass, user->as.name, shown);
  if (!done) {
    shown = before;
    return done;
  }
  if (session != nullptr) {
    expiries_.watch(*session, shown.pass, outgoing_.now());
    moderation_.greet(*session);
  }
  if (user != nullptr) expiries_.watch(*user, shown.pass, outgoing_.now());
  outgoing_.answer(connection, event::Renewed{shown.pass != nullptr ? seconds_until(shown.pass->ends, now)
                                                                    : std::chrono::seconds(0)});
  return {};
}

void Hub::Impl::settle_account(const std::string& name, std::optional<std::uint64_t> sign_in, Instant now,
                               Outcome& out) {
  outgoing_.begin_turn(now, out);
  const std::string plain = plain_name(name);
  const auto is_void = [&](const Pass& pass) {
    return pass.sign_in && pass.sign_in != sign_in && plain_name(pass.identity) == plain;
  };
  expiries_.end_where(is_void, now + config_.limits.sign_out_notice);
  if (sign_in) directory_.free_name(name);
  end_expired();
  end_turn();
}

void Hub::Impl::end_expired() {
  while (const auto due = expiries_.next_due(outgoing_.now())) {
    if (due->warned) {
      end(*due);
    } else if (Connection* const connection =
                   due->session != nullptr ? due->session->connection : due->user->connection) {
      outgoing_.answer(*connection, event::TokenEnds{seconds_until(due->ends, outgoing_.now())});
    }
  }
}

void Hub::Impl::end(const Expiries::Entry& expired) {
  Connection* const connection =
      expired.session != nullptr ? expired.session->connection : expired.user->connection;
  if (connection != nullptr && !connection->closing) {
    outgoing_.refuse(*connection, {},
                     {ErrorCode::token_expired, "Your token's time is over: come back with another one."});
    connections_.close(*connection, token_is_over);
  }
  if (expired.session != nullptr) {
    rooms_.remove(*expired.session, LeaveReason::closed);
  } else {
    directory_.unregister(*expired.user, EndReason::gone);
  }
}

void Hub::Impl::refuse(Connection& connection, const Message& message, Refusal why) {
  const bool closes = why.closes;
  outgoing_.refuse(connection, message, std::move(why));
  if (closes) connections_.close(connection, not_admitted);
}

void Hub::Impl::lose(Session& session, Parting how) {
  if (session.connection->role == Role::gateway) {
    streams_.lose(session);
  } else {
    rooms_.disconnected(session, how);
  }
}

Done Hub::Impl::perform_for_gateway(Connection& gateway, Message& message) {
  // What it says to a publisher that has just left is nobody's fault, and for nobody.
  Session* const session = gateway.session;
  return std::visit(
      overloaded{
          [&](const command::Join& wish) { return streams_.join(gateway, rooms_.find(wish.room)); },
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

void Hub::Impl::throttle(Connection& connection, const Message& message) {
  if (++connection.dropped > config_.limits.flood_messages) {
    connections_.close(connection, flooding);
    if (connection.user != nullptr) directory_.unregister(*connection.user, EndReason::gone);
    if (connection.session != nullptr) rooms_.remove(*connection.session, LeaveReason::closed);
    return;
  }
  outgoing_.refuse(connection, message,
                   {ErrorCode::too_fast, "This message was dropped: send fewer a second, or shorter ones."});
}

}  // namespace parley::hub
