#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access.hpp"
#include "hub/account.hpp"
#include "hub/admission.hpp"
#include "hub/calls.hpp"
#include "hub/claims.hpp"
#include "hub/config.hpp"
#include "hub/connections.hpp"
#include "hub/expiries.hpp"
#include "hub/outgoing.hpp"
#include "hub/presence.hpp"
#include "hub/refusal.hpp"
#include "hub/rooms.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/user.hpp"
#include "hub/user_list.hpp"

namespace parley::hub {

/// Users who can be called by name. A name is free again when its user unregisters or has lost its
/// connection; a user that has shown a secret keeps its name for a while, and its call with it.
class Directory {
 public:
  Directory(const Config& config, IdGenerator& ids, Accounts& accounts, Claims& claims,
            Connections& connections, Rooms& rooms, Admission& admission, Expiries& expiries,
            Outgoing& outgoing);

  /// Afterwards the connection has a user, or waits for its claim to be decided. `message` is what asks for
  /// it.
  [[nodiscard]] Done enroll(Connection& connection, const Message& message, command::Register& wish);
  void unregister(User& user, EndReason reason);
  void disconnected(User& user, Parting how);
  /// What this one holds is given to another; `proven`: to its own next page, which finds the call as it was.
  void evict(User& holder, bool proven);

  /// The name belongs to an account now: whoever else is called by it, or by one that plain_name() takes for it, is
  /// not any more.
  void free_name(std::string_view name);
  /// Whether there is anybody of whom that is true.
  [[nodiscard]] bool is_used_by_others(std::string_view name) { return !others_called(name).empty(); }

  [[nodiscard]] UserList& users() { return users_; }
  [[nodiscard]] Presence& presence() { return presence_; }
  [[nodiscard]] Calls& calls() { return calls_; }

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire();

 private:
  /// By this name or one that plain_name() takes for it, and without a pass of its account.
  [[nodiscard]] std::vector<User*> others_called(std::string_view name);
  void attach(User& user, Connection& connection);
  void take_over(Connection& connection, User& user, std::string id);
  void end_away(User& user);
  [[nodiscard]] Done ensure_name(Connection& connection);
  [[nodiscard]] Done check_pace(Connection& connection) const;
  /// Whether this one may try now; if so, it has.
  [[nodiscard]] Done count_registration(Connection& connection);
  [[nodiscard]] User* longest_away() const;
  [[nodiscard]] Duration goodbye_window() const;

  const Config& config_;
  const Limits& limits_;
  const Access access_;
  Accounts& accounts_;
  Claims& claims_;
  Connections& connections_;
  Rooms& rooms_;
  Admission& admission_;
  Expiries& expiries_;
  Outgoing& outgoing_;
  UserList users_;
  Presence presence_;
  Calls calls_;
  TimeoutQueue<User> away_;     ///< each for `resume_window`
  TimeoutQueue<User> leaving_;  ///< that have said goodbye, each for `goodbye_window`
};

}  // namespace parley::hub
