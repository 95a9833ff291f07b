#include <utility>

#include "hub/hub_impl.hpp"

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

}  // namespace

Done Hub::Impl::call(User& caller, const command::Call& wish) {
  User* callee = users_.find(wish.name);
  if (callee == &caller) return refusal(ErrorCode::own_name, "This is your own name. Call somebody else.");
  if (callee == nullptr) return refusal(ErrorCode::user_offline, "Nobody is online under this name.");
  if (caller.call != nullptr)
    return refusal(ErrorCode::user_busy, "You are in a call already. End it first.");
  if (Done may = may_ring(caller, *callee); !may) return may;
  make_way(caller, *callee);
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

Done Hub::Impl::accept_call(User& callee, const command::AcceptCall& accept) {
  if (!rings(callee, accept.caller, accept.id)) return no_such_call();
  Call& call = *callee.call;
  call.accepted = true;
  list_call(call, true);
  ring_backoff_.accepted(ring_key(call.caller), callee.as.name);
  if (call.caller.joins_by_itself() || callee.joins_by_itself()) {
    open_room(call);
  } else {
    outgoing_.tell(call.caller, event::CallAccepted{.with = callee.as, .id = call.callers_id});
  }
  return {};
}

Done Hub::Impl::reject_call(User& callee, const command::RejectCall& reject) {
  if (!rings(callee, reject.caller, reject.id)) return no_such_call();
  const auto call = callee.call;
  part(callee);
  outgoing_.tell(call->caller, event::CallRejected{callee.as.name, reject.reason, call->callers_id});
  return {};
}

Done Hub::Impl::hang_up(User& user, const command::EndCall& end) {
  if (user.call == nullptr || user.call->other(user).as.name != end.name ||
      !user.call->is_meant(user, end.id)) {
    return refusal(ErrorCode::no_call, "You have no call with this user.");
  }
  end_call(user, end_said_by(user));
  return {};
}

void Hub::Impl::end_call(User& user, EndReason reason) {
  const auto call = user.call;
  Session* guest = part(user);
  tell_of_end(*call, call->other(user), reason);
  if (guest != nullptr) rooms_.remove(*guest, LeaveReason::left);
}

Session* Hub::Impl::part(User& user) {
  const std::shared_ptr<Call> call = std::move(user.call);
  user.call = nullptr;
  call->other(user).call = nullptr;
  if (call->accepted) {
    list_call(*call, false);
  } else {
    ring_backoff_.refused(ring_key(call->caller), call->callee.as.name, outgoing_.now() - call->since,
                          outgoing_.now());
  }
  const User* guest = call->guest();
  if (call->room.empty() || guest == nullptr || guest->connection->session == nullptr) return nullptr;
  Session& seat = *guest->connection->session;
  seat.member.offers.reset();
  return call->own_room ? &seat : nullptr;
}

}  // namespace parley::hub
