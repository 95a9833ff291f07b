#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "hub/config.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Session;
struct User;

/// What the clients of one address hold together, and how often they may ask for more.
struct Account {
  Account(const Source& source, const Limits& limits, Instant now);

  /// How much of a limit per address this one may have.
  [[nodiscard]] std::size_t allowance(std::size_t limit) const {
    return key.empty() ? std::numeric_limits<std::size_t>::max() : limit * factor(local);
  }

  const std::string key;
  const bool local;
  std::size_t uses = 0;    ///< connections, places, names and rooms; kept for as long as there are any
  std::size_t rooms = 0;   ///< that its clients have made
  std::size_t places = 0;  ///< memberships of rooms
  std::size_t names = 0;   ///< of registered users
  TokenBucket registrations;
  TokenBucket rings;
  TimeoutQueue<Session> away{};  ///< members without a connection
  TimeoutQueue<User> users_away{};
  std::optional<TimeoutQueue<Account>::Position> idle{};

  static constexpr std::size_t factor(bool local) { return local ? 10 : 1; }
};

/// All accounts. One that nobody uses any more is kept for a while, so that a client does not get a full
/// bucket by coming back.
class Accounts {
 public:
  explicit Accounts(const Limits& limits) : limits_(limits) {}

  [[nodiscard]] Account& open(const Source& source, Instant now);
  /// Once for each `open` and each `++uses`.
  void close(Account& account, Instant now);
  /// The same for a pointer, which is null from then on and may have been before.
  void release(Account*& account, Instant now);
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

 private:
  void forget_oldest();

  Limits limits_;
  std::map<std::string, Account, std::less<>> accounts_;
  TimeoutQueue<Account> idle_;
};

}  // namespace parley::hub
