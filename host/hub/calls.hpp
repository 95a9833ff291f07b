#pragma once

#include <string>
#include <string_view>

#include "hub/config.hpp"
#include "hub/id_generator.hpp"
#include "hub/outgoing.hpp"
#include "hub/presence.hpp"
#include "hub/refusal.hpp"
#include "hub/ring_backoff.hpp"
#include "hub/rooms.hpp"
#include "hub/user.hpp"
#include "hub/user_list.hpp"

namespace parley::hub {

/// Calls between two users: ringing, accepting, ending. An accepted call is a room like any other, so that
/// media, ICE restarts and resumes are the room's. A user that joins by itself is told the room's name; the
/// other one, the guest, is put in and taken out again by the hub.
class Calls final : public RoomWatcher {
 public:
  Calls(const Config& config, IdGenerator& ids, UserList& users, Presence& presence, Rooms& rooms,
        Outgoing& outgoing)
      : config_(config),
        ids_(ids),
        users_(users),
        presence_(presence),
        rooms_(rooms),
        outgoing_(outgoing),
        ring_backoff_(config.limits) {}

  [[nodiscard]] Done call(User& caller, const command::Call& wish);
  [[nodiscard]] Done accept(User& callee, const command::AcceptCall& accept);
  [[nodiscard]] Done reject(User& callee, const command::RejectCall& reject);
  [[nodiscard]] Done hang_up(User& user, const command::EndCall& end);
  /// The call of this user, however far it has come.
  void end(User& user, EndReason reason);

  /// The guest of a call follows a member that has joined by itself.
  void joined(const Session& newcomer) override;
  /// A call ends when one of the two leaves its room.
  [[nodiscard]] Session* leaving(const Session& session, LeaveReason reason) override;
  /// Of a room that is there for the call alone.
  [[nodiscard]] bool expects(std::string_view room, std::string_view name) const override;

 private:
  [[nodiscard]] Done check_rings(User& caller, const User& callee);
  void preempt(const User& caller, User& callee);
  [[nodiscard]] User* party(const Session& session);
  void open_room(Call& call);
  /// Both are free again. Returns the guest's session in a room that was there for this call alone. `unanswered`: what
  /// has become of it where it was not accepted.
  Session* dissolve(User& user, CallOutcome unanswered = CallOutcome::missed);
  void record(const Call& call, CallOutcome outcome);
  void tell_of_end(const Call& call, const User& to, EndReason reason);

  const Config& config_;
  IdGenerator& ids_;
  UserList& users_;
  Presence& presence_;
  Rooms& rooms_;
  Outgoing& outgoing_;
  RingBackoff ring_backoff_;
};

}  // namespace parley::hub
