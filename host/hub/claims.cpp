#include "hub/claims.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace parley::hub {
Claimants& Claims::claimants_of(const Claim& claim) {
  return claim.session != nullptr ? claim.session->claimants : claim.user->claimants;
}

void Claims::add(Connection& claimant, const Message& message, Claim claim) {
  const auto last_known = [this](const auto& holder) {
    return holder.window_closes ? (*holder.window_closes)->since : outgoing_.now();
  };
  claim.until = (claim.session != nullptr ? last_known(*claim.session) : last_known(*claim.user)) +
                limits_.claim_patience;
  keep(claim, message);
  Claimants& claimants = claimants_of(claim);
  // One answer is enough for all.
  if (claimants.empty()) probe(claim);
  claimants.push_back(&claimant);
  claimant.claim = std::make_unique<Claim>(std::move(claim));
  undecided_.emplace(std::pair(claimant.claim->until, claimant.id), claimant.claim.get());
}

void Claims::probe(const Claim& claim) {
  const Connection* holder = claim.session != nullptr ? claim.session->connection : claim.user->connection;
  if (holder == nullptr) return;
  outgoing_.probe(*holder);
  // A publisher that uses WHIP has no socket: all that is known of it is that its media arrives.
  if (holder->dialect != Dialect::whip || holder->session == nullptr) return;
  const auto& gateway = holder->session->room->gateway;
  if (gateway != nullptr) outgoing_.probe(*gateway->connection);
}

Done Claims::hold(Connection& claimant, Message& message) {
  if (std::holds_alternative<command::Ping>(message.command)) {
    outgoing_.pong(claimant);
  } else if (claimant.claim->held.size() > limits_.claim_messages) {
    return refusal(ErrorCode::too_fast,
                   "This message was dropped: it is not yet known whether you can have this id.");
  } else {
    keep(*claimant.claim, std::move(message));
  }
  return {};
}

void Claims::keep(Claim& claim, Message message) {
  claim.bytes.set(claim.bytes.bytes() + footprint(message));
  claim.held.push_back(std::move(message));
}

void Claims::withdraw(Connection& claimant) {
  if (claimant.claim == nullptr) return;
  // The holder of a decided claim may be no more.
  const bool decided = claimant.claim->session == nullptr && claimant.claim->user == nullptr;
  if (!decided) std::erase(claimants_of(*claimant.claim), &claimant);
  undecided_.erase({claimant.claim->until, claimant.id});
  claimant.claim.reset();
}

void Claims::decide(Connection& claimant) {
  Claim& claim = *claimant.claim;
  undecided_.erase({claim.until, claimant.id});
  claim.session = nullptr;
  claim.user = nullptr;
  decided_.push_back(claimant.id);
}

void Claims::decide(Claimants& claimants) {
  for (Connection* claimant : std::exchange(claimants, {})) decide(*claimant);
}

void Claims::refuse(Claimants& claimants) {
  if (claimants.empty()) return;
  for (Connection* claimant : claimants) claimant->claim->lost = true;
  decide(claimants);
}

void Claims::refuse_all_of(const Connection& holder) {
  if (holder.session != nullptr) refuse(holder.session->claimants);
  if (holder.user != nullptr) refuse(holder.user->claimants);
}

void Claims::decide_proven(Claimants& claimants) {
  std::erase_if(claimants, [this](Connection* claimant) {
    if (!claimant->claim->proven) return false;
    decide(*claimant);
    return true;
  });
}

const Claim* Claims::overdue() const {
  if (undecided_.empty()) return nullptr;
  const auto& [due, claim] = *undecided_.begin();
  return due.first <= outgoing_.now() ? claim : nullptr;
}

std::optional<ConnectionId> Claims::next_decided() {
  if (decided_.empty()) return std::nullopt;
  const ConnectionId id = decided_.front();
  decided_.pop_front();
  return id;
}

std::optional<Instant> Claims::next_timeout() const {
  if (!decided_.empty()) return Instant{};  // by what an application asked for
  if (undecided_.empty()) return std::nullopt;
  return undecided_.begin()->first.first;
}

}  // namespace parley::hub
