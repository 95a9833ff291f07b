#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

bool rings(const User& callee, const std::string& caller) {
  const Call* call = callee.call.get();
  return call != nullptr && !call->accepted && &call->callee == &callee && call->caller.as.name == caller;
}

}  // namespace

void Hub::Impl::call(User& caller, const Message& message, const std::string& name, Outcome& out) {
  const auto no = [&](ErrorCode code, std::string sentence) {
    refuse(*caller.connection, message, code, std::move(sentence), out);
  };
  User* callee = users_.find(name);
  if (callee == &caller) return no(ErrorCode::own_name, "This is your own name. Call somebody else.");
  if (callee == nullptr) return no(ErrorCode::user_offline, "Nobody is online under this name.");
  if (caller.call != nullptr) return no(ErrorCode::user_busy, "You are in a call already. End it first.");
  if (auto fault = too_many_rings(caller, *callee)) return no(fault->first, std::move(fault->second));
  make_way(caller, *callee, out);
  if (callee->call != nullptr) {
    return no(ErrorCode::user_busy, "This user is in another call. Try again later.");
  }
  static_cast<void>(caller.rings.take(now_));
  static_cast<void>(caller.account->rings.take(now_));
  caller.call = callee->call =
      std::make_shared<Call>(Call{.caller = caller, .callee = *callee, .since = now_});
  meet_again(caller, *callee);
  tell_user(*callee, event::CallIncoming{caller.as}, out);
}

void Hub::Impl::accept_call(User& callee, const Message& message, const std::string& caller, Instant now,
                            Outcome& out) {
  if (!rings(callee, caller)) return refuse_answer(callee, message, out);
  Call& call = *callee.call;
  call.accepted = true;
  ring_backoff_.accepted(ring_key(call.caller), callee.as.name);
  if (call.caller.joins_by_itself() || callee.joins_by_itself()) return open_room(call, now, out);
  tell_user(call.caller, event::CallAccepted{.with = callee.as}, out);
}

void Hub::Impl::reject_call(User& callee, const Message& message, const command::RejectCall& reject,
                            Outcome& out) {
  if (!rings(callee, reject.caller)) return refuse_answer(callee, message, out);
  const User& caller = callee.call->caller;
  part(callee);
  tell_user(caller, event::CallRejected{callee.as.name, reject.reason}, out);
}

void Hub::Impl::refuse_answer(const User& callee, const Message& message, Outcome& out) {
  refuse(*callee.connection, message, ErrorCode::no_call, "This user is not calling you (any more).", out);
}

void Hub::Impl::hang_up(User& user, const Message& message, const std::string& name, Outcome& out) {
  if (user.call == nullptr || user.call->other(user).as.name != name) {
    return refuse(*user.connection, message, ErrorCode::no_call, "You have no call with this user.", out);
  }
  end_call(user, end_said_by(user), out);
}

void Hub::Impl::end_call(User& user, EndReason reason, Outcome& out) {
  const User& other = user.call->other(user);
  Session* guest = part(user);
  tell_of_end(other, user, reason, out);
  if (guest != nullptr) remove(*guest, LeaveReason::left, out);
}

Session* Hub::Impl::part(User& user) {
  const std::shared_ptr<Call> call = std::move(user.call);
  user.call = nullptr;
  call->other(user).call = nullptr;
  if (!call->accepted) {
    ring_backoff_.refused(ring_key(call->caller), call->callee.as.name, now_ - call->since, now_);
  }
  const User* guest = call->guest();
  if (call->room.empty() || guest == nullptr || guest->connection->session == nullptr) return nullptr;
  Session& seat = *guest->connection->session;
  seat.member.offers.reset();
  return call->own_room ? &seat : nullptr;
}

}  // namespace parley::hub
