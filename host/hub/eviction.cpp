#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
void Hub::Impl::evict(User& holder, bool proven) {
  Connection* const connection = holder.connection;
  if (connection != nullptr) connections_.close(*connection, given_to_another);
  // Its own next page finds its call as it was.
  if (proven) return lose_user(holder);
  strike_off(holder, EndReason::gone);
  if (connection != nullptr && connection->session != nullptr) {
    rooms_.remove(*connection->session, LeaveReason::timeout);
  }
}

void Hub::Impl::expire_claims() {
  while (const Claim* claim = claims_.overdue()) {
    if (claim->session != nullptr) {
      rooms_.evict(*claim->session, claim->proven ? LeaveReason::replaced : LeaveReason::timeout);
    } else {
      evict(*claim->user, claim->proven);
    }
  }
}

void Hub::Impl::settle_claims() {
  while (const auto id = claims_.next_decided()) {
    Connection* const found = connections_.find(*id);
    if (found == nullptr) continue;
    Connection& claimant = *found;
    const auto claim = std::move(claimant.claim);
    if (claim == nullptr) continue;
    claimant.outlived = claim->lost;
    for (Message& message : claim->held) {
      if (claimant.closing) break;
      if (claimant.claim != nullptr) {
        Claims::keep(*claimant.claim, std::move(message));
      } else {
        take(claimant, message);
      }
      claimant.outlived = false;
    }
  }
}

}  // namespace parley::hub
