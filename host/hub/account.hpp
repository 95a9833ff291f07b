#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "hub/address_table.hpp"
#include "hub/config.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Session;
struct User;

/// What the clients of one address hold together, and how often they may ask for more. Used by connections,
/// places, names and rooms.
struct Account : AtAddress<Account> {
  Account(const Source& source, const Limits& limits, Instant now);

  /// How much of a limit per address this one may have.
  [[nodiscard]] std::size_t allowance(std::size_t limit) const {
    return key.empty() ? std::numeric_limits<std::size_t>::max() : limit * share_of(local);
  }

  const std::string key;
  const bool local;
  std::size_t rooms = 0;   ///< that its clients have made
  std::size_t places = 0;  ///< memberships of rooms
  std::size_t names = 0;   ///< of registered users
  TokenBucket joins;
  TokenBucket registrations;
  TokenBucket rings;
  TimeoutQueue<Session> away{};  ///< members without a connection
  TimeoutQueue<User> users_away{};
};

using Accounts = AddressTable<Account, Limits>;

}  // namespace parley::hub
