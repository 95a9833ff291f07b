// An id or a name that is taken. Whoever wants it waits for a sign of life of its holder, and has it without
// one. Who has shown the holder's secret, as the same tab does after a reload, has it as soon as the holder's
// socket is lost.

#include <utility>
#include <variant>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

constexpr Close given_to_another{4001, "this id continues on another socket"};

/// What it carries for others. All else in a message has a limit of its own, a small one.
std::size_t carried_bytes(const Message& message) {
  const auto* const signal = std::get_if<command::Signal>(&message.command);
  return sizeof(Message) + (signal == nullptr ? 0 : signal->payload.size() + signal->link.size());
}

}  // namespace

Claimants& Hub::Impl::claimants_of(const Claim& claim) {
  return claim.session != nullptr ? claim.session->claimants : claim.user->claimants;
}

void Hub::Impl::claim(Connection& claimant, const Message& message, Claim claim) {
  const auto last_known = [now = outgoing_.now()](const auto& holder) {
    return holder.window_closes ? (*holder.window_closes)->since : now;
  };
  claim.until = (claim.session != nullptr ? last_known(*claim.session) : last_known(*claim.user)) +
                config_.limits.claim_patience;
  keep(claim, message);
  Claimants& claimants = claimants_of(claim);
  // One answer is enough for all.
  if (claimants.empty()) probe(claim);
  claimants.push_back(&claimant);
  claims_.emplace(claim.until, claimant.id);
  claimant.claim = std::make_unique<Claim>(std::move(claim));
}

void Hub::Impl::probe(const Claim& claim) {
  const Connection* holder = claim.session != nullptr ? claim.session->connection : claim.user->connection;
  if (holder == nullptr) return;
  outgoing_.probe(*holder);
  // Its publisher has no socket: that its media comes is all that is known of it.
  if (holder->dialect != Dialect::whip || holder->session == nullptr) return;
  const auto& gateway = holder->session->room->gateway;
  if (gateway != nullptr) outgoing_.probe(*gateway->connection);
}

void Hub::Impl::hold(Connection& claimant, Message& message) {
  if (std::holds_alternative<command::Ping>(message.command)) return outgoing_.pong(claimant);
  const auto& held = claimant.claim->held;
  if (held.size() <= config_.limits.claim_messages) return keep(*claimant.claim, std::move(message));
  outgoing_.refuse(
      claimant, message,
      {ErrorCode::too_fast, "This message was dropped: it is not yet known whether you can have this id."});
}

void Hub::Impl::keep(Claim& claim, Message message) {
  claim.bytes.set(claim.bytes.bytes() + carried_bytes(message));
  claim.held.push_back(std::move(message));
}

void Hub::Impl::withdraw(Connection& claimant) {
  // Where it is decided, the holder may be no more.
  const bool decided = claimant.claim->session == nullptr && claimant.claim->user == nullptr;
  if (!decided) std::erase(claimants_of(*claimant.claim), &claimant);
  claims_.erase({claimant.claim->until, claimant.id});
  claimant.claim.reset();
}

void Hub::Impl::decide(Connection& claimant) {
  Claim& claim = *claimant.claim;
  claims_.erase({claim.until, claimant.id});
  claim.session = nullptr;
  claim.user = nullptr;
  decided_.push_back(claimant.id);
}

void Hub::Impl::decide_claims(Claimants& claimants) {
  for (Connection* claimant : std::exchange(claimants, {})) decide(*claimant);
}

void Hub::Impl::refuse_claims(Claimants& claimants) {
  if (claimants.empty()) return;
  for (Connection* claimant : claimants) claimant->claim->lost = true;
  decide_claims(claimants);
}

void Hub::Impl::decide_proven_claims(Claimants& claimants) {
  std::erase_if(claimants, [this](Connection* claimant) {
    if (!claimant->claim->proven) return false;
    decide(*claimant);
    return true;
  });
}

void Hub::Impl::heard_from(const Connection& connection) {
  if (connection.session != nullptr) refuse_claims(connection.session->claimants);
  if (connection.user != nullptr) refuse_claims(connection.user->claimants);
}

void Hub::Impl::alive(ConnectionId id, Instant now, Outcome& out) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.closing) return;
  outgoing_.begin_turn(now, out);
  const Connection& connection = found->second;
  if (connection.role == Role::client) {
    heard_from(connection);
  } else if (connection.session != nullptr) {
    if (Session* publisher = connection.session->room->publisher()) refuse_claims(publisher->claimants);
  }
  settle();
}

void Hub::Impl::evict(Session& holder, LeaveReason reason) {
  // Another publisher may go on with it.
  if (only_offers(holder.member.dialect)) end_stream(holder, StreamChange::Kind::lost);
  if (holder.connection != nullptr) close(*holder.connection, given_to_another);
  remove(holder, reason);
}

void Hub::Impl::evict(User& holder, bool proven) {
  Connection* const connection = holder.connection;
  if (connection != nullptr) close(*connection, given_to_another);
  // Its own next page finds its call as it was.
  if (proven) return lose_user(holder);
  strike_off(holder, EndReason::gone);
  if (connection != nullptr && connection->session != nullptr) {
    remove(*connection->session, LeaveReason::timeout);
  }
}

void Hub::Impl::expire_claims() {
  while (!claims_.empty() && claims_.begin()->first <= outgoing_.now()) {
    const Claim& claim = *connections_.at(claims_.begin()->second).claim;
    if (claim.session != nullptr) {
      evict(*claim.session, claim.proven ? LeaveReason::replaced : LeaveReason::timeout);
    } else {
      evict(*claim.user, claim.proven);
    }
  }
}

void Hub::Impl::settle_claims() {
  while (!decided_.empty()) {
    const auto found = connections_.find(decided_.front());
    decided_.pop_front();
    if (found == connections_.end()) continue;
    Connection& claimant = found->second;
    const auto claim = std::move(claimant.claim);
    if (claim == nullptr) continue;
    claimant.outlived = claim->lost;
    for (Message& message : claim->held) {
      if (claimant.closing) break;
      if (claimant.claim != nullptr) {
        keep(*claimant.claim, std::move(message));
      } else {
        take(claimant, message);
      }
      claimant.outlived = false;
    }
  }
}

}  // namespace parley::hub
