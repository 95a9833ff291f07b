#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/event.hpp"
#include "hub/waiting_line.hpp"

namespace parley::hub {

struct Call;
struct Connection;

/// Somebody who can be called by name.
struct User {
  event::User as;
  /// Of who joins the room of a call by itself, and comes back to this name after a lost socket.
  std::optional<std::string> secret{};
  Connection* connection = nullptr;  ///< none while away, which only those with a secret can be
  std::optional<WaitingLine<User>::Place> window_closes{};
  bool said_goodbye = false;  ///< so that the window is short
  std::vector<Connection*> claimants{};
  std::shared_ptr<Call> call{};  ///< that rings or stands; the other one has the same

  [[nodiscard]] bool joins_by_itself() const { return secret.has_value(); }
};

/// From the first ring to its end.
struct Call {
  User& caller;
  User& callee;
  bool accepted = false;
  std::string room{};     ///< empty before it is accepted, and always where neither joins by itself
  bool own_room = false;  ///< the room is there for this call alone
  bool begun = false;     ///< who joins by itself has, so that the other one may offer

  [[nodiscard]] User& other(const User& one) const { return &one == &caller ? callee : caller; }

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
