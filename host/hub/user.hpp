#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "hub/account.hpp"
#include "hub/event.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Call;
struct Connection;

/// How much of the list of users somebody has been told: who has come, who has gone, and who is in a call, up
/// to which change.
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
  std::uint64_t number = 0;  ///< its place in the list
  std::uint64_t came = 0;    ///< the number that it had first
  /// The last time that a call of this one was accepted or ended, among all of those; 0 before the first.
  std::uint64_t call_change = 0;
  /// Of who joins the room of a call by itself, and comes back to this name after a lost socket.
  std::optional<std::string> secret{};
  Connection* connection = nullptr;  ///< none while away, which only those with a secret can be
  std::optional<TimeoutQueue<User>::Position> window_closes{};
  bool said_goodbye = false;  ///< so that the window is short
  std::vector<Connection*> claimants{};
  Account* account = nullptr;
  std::optional<TimeoutQueue<User>::Position> away_of_account{};
  TokenBucket rings{0, 0, {}};
  std::shared_ptr<Call> call{};  ///< that rings or stands; the other one has the same
  Known known{};                 ///< where its dialect takes changes
  bool takes_news = false;       ///< it has read all that it was sent of the list
  bool reads_on = false;         ///< of which there was more than fits into one page

  [[nodiscard]] bool joins_by_itself() const { return secret.has_value(); }
};

/// From the first ring to its end.
struct Call {
  User& caller;
  User& callee;
  CallId id = 0;          ///< to the callee; the hub has chosen it
  CallId callers_id = 0;  ///< to the caller, who has said it, or the same
  Instant since{};
  bool accepted = false;
  std::string room{};     ///< empty before it is accepted, and always where neither joins by itself
  bool own_room = false;  ///< the room is there for this call alone
  bool begun = false;     ///< who joins by itself has, so that the other one may offer

  [[nodiscard]] User& other(const User& one) const { return &one == &caller ? callee : caller; }

  [[nodiscard]] CallId id_for(const User& one) const { return &one == &caller ? callers_id : id; }

  /// Whether a message of this one, which names this call, is about it.
  [[nodiscard]] bool is_meant(const User& one, CallId named) const {
    return named == 0 || named == id_for(one);
  }

  /// The one whom the hub puts into the room, where there is one.
  [[nodiscard]] User* guest() const {
    if (!caller.joins_by_itself()) return &caller;
    return callee.joins_by_itself() ? nullptr : &callee;
  }
};

/// Why the call of this user is over, where they say so.
[[nodiscard]] inline EndReason end_said_by(const User& user) {
  return user.call != nullptr && user.call->accepted ? EndReason::ended : EndReason::cancelled;
}

}  // namespace parley::hub
