// Rooms, places in them and names are counted per address. Who is away makes place for somebody who is there:
// in a full room, among all rooms and names, and among those of one address.

#include <algorithm>
#include <string>
#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

/// Who has been away for the longest.
User* longest_away(const TimeoutQueue<User>& one, const TimeoutQueue<User>& other) {
  if (one.empty() && other.empty()) return nullptr;
  const bool first = other.empty() || (!one.empty() && one.front().since <= other.front().since);
  return first ? one.front().who : other.front().who;
}

std::string in_seconds(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return "Try again in " + std::to_string(std::max<std::chrono::seconds::rep>(seconds, 1)) + " s.";
}

}  // namespace

Done Hub::Impl::make_place_for_name(Connection& connection) {
  const Limits& limits = config_.limits;
  Account& account = *connection.account;
  const std::size_t names = account.allowance(limits.names_per_address);
  while (account.names >= names && !account.users_away.empty()) {
    strike_off(*account.users_away.front().who, EndReason::gone);
  }
  if (account.names >= names) {
    return refusal(ErrorCode::address_full, "Your network address has " + std::to_string(names) +
                                                " people online already, which is all it may have. Try "
                                                "again when somebody there has left.");
  }
  if (users_.size() >= limits.users) {
    if (User* away = longest_away(users_away_, users_leaving_)) strike_off(*away, EndReason::gone);
  }
  if (users_.size() >= limits.users) {
    return refusal(ErrorCode::too_many_users,
                   "As many users are online as this host can hold. Try again later.");
  }
  const Duration wait =
      std::max(account.registrations.wait(outgoing_.now()), connection.registrations.wait(outgoing_.now()));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_fast, "You come online too often. " + in_seconds(wait));
  }
  return {};
}

Done Hub::Impl::may_ring(User& caller, const User& callee) {
  const Duration again = ring_backoff_.wait(ring_key(caller), callee.as.name, outgoing_.now());
  if (again > Duration{}) {
    return refusal(ErrorCode::too_many_rings,
                   "Your calls to this person were not answered. " + in_seconds(again));
  }
  const Duration wait =
      std::max(caller.rings.wait(outgoing_.now()), caller.account->rings.wait(outgoing_.now()));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_many_rings, "You call too often. " + in_seconds(wait));
  }
  return {};
}

void Hub::Impl::make_way(const User& caller, User& callee) {
  if (callee.call == nullptr || callee.call->accepted || &callee.call->callee != &callee) return;
  const auto call = callee.call;
  User& ringing = call->caller;
  const auto in_vain = [&](const User& who) { return ring_backoff_.refusals(ring_key(who), callee.as.name); };
  if (in_vain(ringing) <= in_vain(caller)) return;
  static_cast<void>(part(callee));
  outgoing_.tell(ringing, event::CallRejected{callee.as.name, RejectReason::busy, call->callers_id});
  outgoing_.tell(callee, event::CallEnded{ringing.as.name, EndReason::cancelled, call->id});
}

/// Behind a proxy all have one address, and are told apart by their names; elsewhere a name is quickly made.
const std::string& Hub::Impl::ring_key(const User& caller) {
  return caller.account->local ? caller.as.name : caller.account->key;
}

}  // namespace parley::hub
