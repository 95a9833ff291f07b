#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

bool rings(const User& callee, const std::string& caller, CallId id) {
  const Call* call = callee.call.get();
  return call != nullptr && !call->accepted && &call->callee == &callee && call->caller.as.name == caller &&
         call->is_meant(callee, id);
}

}  // namespace

void Hub::Impl::call(User& caller, const Message& message, const command::Call& wish) {
  const auto no = [&](Refusal why) { outgoing_.refuse(*caller.connection, message, std::move(why)); };
  User* callee = users_.find(wish.name);
  if (callee == &caller) return no({ErrorCode::own_name, "This is your own name. Call somebody else."});
  if (callee == nullptr) return no({ErrorCode::user_offline, "Nobody is online under this name."});
  if (caller.call != nullptr) return no({ErrorCode::user_busy, "You are in a call already. End it first."});
  if (Done may = may_ring(caller, *callee); !may) return no(std::move(may.error()));
  make_way(caller, *callee);
  if (callee->call != nullptr) {
    return no({ErrorCode::user_busy, "This user is in another call. Try again later."});
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
}

void Hub::Impl::accept_call(User& callee, const Message& message, const command::AcceptCall& accept) {
  if (!rings(callee, accept.caller, accept.id)) return refuse_answer(callee, message);
  Call& call = *callee.call;
  call.accepted = true;
  list_call(call, true);
  ring_backoff_.accepted(ring_key(call.caller), callee.as.name);
  if (call.caller.joins_by_itself() || callee.joins_by_itself()) return open_room(call);
  outgoing_.tell(call.caller, event::CallAccepted{.with = callee.as, .id = call.callers_id});
}

void Hub::Impl::reject_call(User& callee, const Message& message, const command::RejectCall& reject) {
  if (!rings(callee, reject.caller, reject.id)) return refuse_answer(callee, message);
  const auto call = callee.call;
  part(callee);
  outgoing_.tell(call->caller, event::CallRejected{callee.as.name, reject.reason, call->callers_id});
}

void Hub::Impl::refuse_answer(const User& callee, const Message& message) {
  outgoing_.refuse(*callee.connection, message,
                   {ErrorCode::no_call, "This user is not calling you (any more)."});
}

void Hub::Impl::hang_up(User& user, const Message& message, const command::EndCall& end) {
  if (user.call == nullptr || user.call->other(user).as.name != end.name ||
      !user.call->is_meant(user, end.id)) {
    return outgoing_.refuse(*user.connection, message,
                            {ErrorCode::no_call, "You have no call with this user."});
  }
  end_call(user, end_said_by(user));
}

void Hub::Impl::end_call(User& user, EndReason reason) {
  const auto call = user.call;
  Session* guest = part(user);
  tell_of_end(*call, call->other(user), reason);
  if (guest != nullptr) remove(*guest, LeaveReason::left);
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
