#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "hub/account.hpp"
#include "hub/event.hpp"
#include "hub/expiries.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Call;
struct Connection;

/// How much of the list of users a reader knows: up to which change it was told who has come, who has gone,
/// and who is in a call.
struct Known {
  bool begun = false;
  std::uint64_t arrivals = 0;
  std::uint64_t departures = 0;
  std::uint64_t calls = 0;

  bool operator<(const Known& other) const {
    return std::tie(begun, arrivals, departures, calls) <
           std::tie(other.begun, other.arrivals, other.departures, other.calls);
  }
};

/// Somebody who can be called by name.
struct User {
  event::User as;
  std::uint64_t number = 0;  ///< its position in the list
  std::uint64_t came = 0;    ///< the number that it had first
  /// The change of calls that last concerned this user; 0 before the first.
  std::uint64_t call_change = 0;
  /// With one, the user comes back to this name after a lost socket, and joins the room of a call by itself.
  std::optional<std::string> secret{};
  Connection* connection = nullptr;  ///< null while away, which only a user with a secret can be
  std::optional<TimeoutQueue<User>::Position> window_closes{};
  bool said_goodbye = false;  ///< so its window is short
  std::vector<Connection*> claimants{};
  Account* account = nullptr;
  std::optional<TimeoutQueue<User>::Position> away_of_account{};
  std::shared_ptr<const Pass> pass{};  ///< that it is here by; null where it needs none
  std::optional<Expiries::Position> pass_ends{};
  TokenBucket rings{0, 0, {}};
  std::shared_ptr<Call> call{};  ///< that rings or was accepted; the other user has the same
  Known known{};                 ///< if its dialect takes changes
  bool takes_news = false;       ///< it has read what it was sent of the list
  bool reads_on = false;         ///< there is more of the list than it was sent

  [[nodiscard]] bool joins_by_itself() const { return secret.has_value(); }
};

/// From the first ring to its end.
struct Call {
  User& caller;
  User& callee;
  CallId id = 0;          ///< as the callee knows it; the hub has chosen it
  CallId callers_id = 0;  ///< as the caller knows it, who may have chosen it
  Instant since{};
  bool accepted = false;
  Instant answered{};     ///< where it was accepted
  std::string room{};     ///< empty until it is accepted, and if neither joins by itself
  bool own_room = false;  ///< the room exists for this call alone
  bool begun = false;     ///< a user that joins by itself has joined, so the other one may offer

  [[nodiscard]] User& other(const User& one) const { return &one == &caller ? callee : caller; }

  [[nodiscard]] CallId id_for(const User& one) const { return &one == &caller ? callers_id : id; }

  /// Whether a message of this one, which names this call, is about it.
  [[nodiscard]] bool is_meant(const User& one, CallId named) const {
    return named == 0 || named == id_for(one);
  }

  /// The user whom the hub puts into the room; null where both join by themselves.
  [[nodiscard]] User* guest() const {
    if (!caller.joins_by_itself()) return &caller;
    return callee.joins_by_itself() ? nullptr : &callee;
  }
};

/// Why the call of this user is over when the user ends it.
[[nodiscard]] inline EndReason end_said_by(const User& user) {
  return user.call != nullptr && user.call->accepted ? EndReason::ended : EndReason::cancelled;
}

}  // namespace parley::hub
