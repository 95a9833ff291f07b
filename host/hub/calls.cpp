#include "hub/calls.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "hub/access.hpp"
#include "hub/connection.hpp"
#include "hub/retry.hpp"

namespace parley::hub {
namespace {

bool rings(const User& callee, const std::string& caller, CallId id) {
  const Call* call = callee.call.get();
  return call != nullptr && !call->accepted && &call->callee == &callee && call->caller.as.name == caller &&
         call->is_meant(callee, id);
}

Failure<Refusal> no_such_call() {
  return refusal(ErrorCode::no_call, "This user is not calling you (any more).");
}

/// Users behind one proxy share an address, and are told apart by their names; elsewhere a new name is
/// quickly made.
const std::string& ring_key(const User& caller) {
  return caller.account->local ? caller.as.name : caller.account->key;
}

/// What `other` knows this user as in the room that `other` is in, if both are in it.
Session* member_seen_by(const User& other, const User& user) {
  if (other.connection == nullptr || other.connection->session == nullptr) return nullptr;
  return other.connection->session->room->find(user.as.name);
}

/// From now on both are told again when the other one leaves their room.
void meet_again(const User& one, const User& other) {
  if (Session* member = member_seen_by(one, other)) member->parted_from.clear();
  if (Session* member = member_seen_by(other, one)) member->parted_from.clear();
}

}  // namespace

Done Calls::call(User& caller, const command::Call& wish) {
  User* callee = users_.find(wish.name);
  if (callee == &caller) {
    return refusal(ErrorCode::own_name, "This is your own name. Call somebody else.");
  }
  if (callee == nullptr) return refusal(ErrorCode::user_offline, "Nobody is online under this name.");
  if (caller.call != nullptr) {
    return refusal(ErrorCode::user_busy, "You are in a call already. End it first.");
  }
  if (Done allowed = check_rings(caller, *callee); !allowed) return allowed;
  preempt(caller, *callee);
  if (callee->call != nullptr) {
    return refusal(ErrorCode::user_busy, "This user is in another call. Try again later.");
  }
  static_cast<void>(caller.rings.take(outgoing_.now()));
  static_cast<void>(caller.account->rings.take(outgoing_.now()));
  const CallId id = ids_.number();
  caller.call = callee->call = std::make_shared<Call>(Call{.caller = caller,
                                                           .callee = *callee,
                                                           .id = id,
                                                           .callers_id = wish.id != 0 ? wish.id : id,
                                                           .since = outgoing_.now()});
  meet_again(caller, *callee);
  outgoing_.tell(*callee, event::CallIncoming{.caller = caller.as, .id = id});
  return {};
}

Done Calls::check_rings(User& caller, const User& callee) {
  const Instant now = outgoing_.now();
  const Duration again = ring_backoff_.wait(ring_key(caller), callee.as.name, now);
  if (again > Duration{}) {
    return refusal(ErrorCode::too_many_rings,
                   "Your calls to this person were not answered. " + try_again_in(again));
  }
  const Duration wait = std::max(caller.rings.wait(now), caller.account->rings.wait(now));
  if (wait > Duration{}) {
    return refusal(ErrorCode::too_many_rings, "You call too often. " + try_again_in(wait));
  }
  return {};
}

/// A caller that rings in vain again and again gives way to one that does not.
void Calls::preempt(const User& caller, User& callee) {
  if (callee.call == nullptr || callee.call->accepted || &callee.call->callee != &callee) return;
  const auto call = callee.call;
  User& ringing = call->caller;
  const auto in_vain = [&](const User& who) { return ring_backoff_.refusals(ring_key(who), callee.as.name); };
  if (in_vain(ringing) <= in_vain(caller)) return;
  static_cast<void>(dissolve(callee));
  outgoing_.tell(ringing, event::CallRejected{callee.as.name, RejectReason::busy, call->callers_id});
  outgoing_.tell(callee, event::CallEnded{ringing.as.name, EndReason::cancelled, call->id});
}

Done Calls::accept(User& callee, const command::AcceptCall& accept) {
  if (!rings(callee, accept.caller, accept.id)) return no_such_call();
  Call& call = *callee.call;
  call.accepted = true;
  call.answered = outgoing_.now();
  presence_.set_in_call(call, true);
  ring_backoff_.accepted(ring_key(call.caller), callee.as.name);
  if (call.caller.joins_by_itself() || callee.joins_by_itself()) {
    open_room(call);
  } else {
    outgoing_.tell(call.caller, event::CallAccepted{.with = callee.as, .id = call.callers_id});
  }
  return {};
}

Done Calls::reject(User& callee, const command::RejectCall& reject) {
  if (!rings(callee, reject.caller, reject.id)) return no_such_call();
  const auto call = callee.call;
  static_cast<void>(dissolve(
      callee, reject.reason == RejectReason::rejected ? CallOutcome::rejected : CallOutcome::missed));
  outgoing_.tell(call->caller, event::CallRejected{callee.as.name, reject.reason, call->callers_id});
  return {};
}

Done Calls::hang_up(User& user, const command::EndCall& end_call) {
  if (user.call == nullptr || user.call->other(user).as.name != end_call.name ||
      !user.call->is_meant(user, end_call.id)) {
    return refusal(ErrorCode::no_call, "You have no call with this user.");
  }
  end(user, end_said_by(user));
  return {};
}

void Calls::end(User& user, EndReason reason) {
  const auto call = user.call;
  Session* guest = dissolve(user);
  tell_of_end(*call, call->other(user), reason);
  if (guest != nullptr) rooms_.remove(*guest, LeaveReason::left);
}

Session* Calls::dissolve(User& user, CallOutcome unanswered) {
  const std::shared_ptr<Call> call = std::move(user.call);
  user.call = nullptr;
  call->other(user).call = nullptr;
  record(*call, call->accepted ? CallOutcome::answered : unanswered);
  if (call->accepted) {
    presence_.set_in_call(*call, false);
  } else {
    ring_backoff_.refused(ring_key(call->caller), call->callee.as.name, outgoing_.now() - call->since,
                          outgoing_.now());
  }
  const User* guest = call->guest();
  if (call->room.empty() || guest == nullptr || guest->connection->session == nullptr) return nullptr;
  Session& session = *guest->connection->session;
  session.member.offers.reset();
  return call->own_room ? &session : nullptr;
}

/// For those who have an account: a guest's name may be somebody else's tomorrow.
void Calls::record(const Call& call, CallOutcome outcome) {
  const auto party = [](const User& user) {
    const bool is_owner = owns(user.pass, user.as.name);
    return CallRecord::Party{.name = user.as.name, .sign_in = is_owner ? user.pass->sign_in : std::nullopt};
  };
  CallRecord made{.caller = party(call.caller), .callee = party(call.callee), .outcome = outcome};
  if (!made.caller.sign_in && !made.callee.sign_in) return;
  const Instant now = outgoing_.now();
  made.ago = std::chrono::floor<std::chrono::seconds>(now - call.since);
  if (call.accepted) made.lasted = std::chrono::floor<std::chrono::seconds>(now - call.answered);
  outgoing_.record(std::move(made));
}

void Calls::open_room(Call& call) {
  const User* guest = call.guest();
  Session* there = guest != nullptr ? guest->connection->session : nullptr;
  call.own_room = there == nullptr;
  call.room = call.own_room ? "call-" + config_.make_secret() : there->room->name;
  // Here the caller offers, whatever is usual in its protocol.
  if (there != nullptr) there->member.offers = guest == &call.caller;
  for (const User* user : {&call.caller, &call.callee}) {
    if (!user->joins_by_itself()) continue;
    outgoing_.tell(*user, event::CallAccepted{
                              .with = call.other(*user).as, .room = call.room, .id = call.id_for(*user)});
  }
  if (guest == nullptr) return;
  if (const Session* already = member_seen_by(*guest, call.other(*guest))) joined(*already);
}

/// The one of a call's two who is this member of its room.
User* Calls::party(const Session& session) {
  User* user = users_.find(session.member.id);
  const bool here = user != nullptr && user->call != nullptr && user->call->room == session.room->name;
  return here ? user : nullptr;
}

void Calls::joined(const Session& newcomer) {
  User* user = party(newcomer);
  if (user == nullptr || !user->joins_by_itself() || user->call->begun) return;
  Call& call = *user->call;
  User* guest = call.guest();
  if (guest == nullptr) return;
  call.begun = true;
  if (call.own_room) {
    Room& room = *newcomer.room;
    const std::string& id = guest->as.name;
    if (room.find(id) != nullptr || room.members.size() >= config_.limits.peers_per_room) {
      tell_of_end(call, *user, EndReason::gone);
      return end(*user, EndReason::gone);
    }
    command::Join wish{
        .room = room.name, .name = id, .incarnation = ids_.incarnation(), .offers = guest == &call.caller};
    rooms_.enter(*guest->connection, room, id, wish);
  }
  if (guest != &call.caller) return;
  outgoing_.tell(*guest, event::CallAccepted{.with = user->as, .id = call.callers_id});
}

Session* Calls::leaving(const Session& session, LeaveReason reason) {
  User* user = party(session);
  if (user == nullptr) return nullptr;
  const auto call = user->call;
  const EndReason why = reason == LeaveReason::left ? EndReason::ended : EndReason::gone;
  Session* guest = dissolve(*user);
  // Who left the room did so on another connection than the one that knows of the call.
  tell_of_end(*call, *user, why);
  tell_of_end(*call, call->other(*user), why);
  return guest == &session ? nullptr : guest;
}

bool Calls::expects(std::string_view room, std::string_view name) const {
  const User* const user = users_.find(name);
  return user != nullptr && user->call != nullptr && user->call->own_room && user->call->room == room;
}

void Calls::tell_of_end(const Call& call, const User& to, EndReason reason) {
  const User& by = call.other(to);
  if (Session* member = member_seen_by(to, by)) member->parted_from = to.as.name;
  outgoing_.tell(to, event::CallEnded{by.as.name, reason, call.id_for(to)});
}

}  // namespace parley::hub
