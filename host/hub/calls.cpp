#include <algorithm>
#include <utility>

#include "hub/hub_impl.hpp"
#include "hub/names.hpp"

namespace parley::hub {
namespace {

/// What a list costs for each user in it and each one that it is sent to: two names and a frame.
constexpr std::size_t bytes_per_entry = 64;

void hang_up(User& user) {
  user.other->stage = user.stage = User::Stage::idle;
  user.other->other = nullptr;
  user.other = nullptr;
}

}  // namespace

void Hub::Impl::enrol(Connection& connection, const Message& message, command::Register& wish, Instant now,
                      Outcome& out) {
  const auto no = [&](ErrorCode code, std::string sentence) {
    refuse(connection, message, code, std::move(sentence), out);
  };
  if (connection.user != nullptr) {
    return no(ErrorCode::already_joined,
              "This connection is registered already, under a name that stays its own.");
  }
  const std::size_t most = config_.limits.id_bytes;
  if (!is_id(wish.name, most) || !is_id(wish.user_id, most)) {
    return no(ErrorCode::bad_field, "A user's name and id must be 1 to " + std::to_string(most) +
                                        " bytes of UTF-8 without control characters.");
  }
  if (users_.find(wish.name) != nullptr) {
    return no(ErrorCode::name_taken, "Somebody is online under this name. Register under another.");
  }
  if (!wish.room.empty()) {
    command::Join place{.room = std::move(wish.room), .peer = wish.name, .name = wish.name};
    join(connection, message, place, now, out);
    if (connection.session == nullptr) return;
  }
  connection.user = &users_.add({.name = std::move(wish.name), .id = std::move(wish.user_id)}, connection);
  users_changed_ = true;
  tell_user(*connection.user, event::Registered{connection.user->as}, out);
}

void Hub::Impl::strike_off(User& user, Outcome& out) {
  if (User* other = user.other) {
    hang_up(user);
    tell_user(*other, event::CallEnded{user.as.name}, out);
  }
  user.connection->user = nullptr;
  users_.remove(user);
  users_changed_ = true;
}

void Hub::Impl::call(User& caller, const Message& message, const std::string& name, Outcome& out) {
  const auto no = [&](ErrorCode code, std::string sentence) {
    refuse(*caller.connection, message, code, std::move(sentence), out);
  };
  User* callee = users_.find(name);
  if (callee == &caller) return no(ErrorCode::own_name, "This is your own name. Call somebody else.");
  if (callee == nullptr) return no(ErrorCode::user_offline, "Nobody is online under this name.");
  if (caller.other != nullptr) return no(ErrorCode::user_busy, "You are in a call already. End it first.");
  if (callee->other != nullptr)
    return no(ErrorCode::user_busy, "This user is in another call. Try again later.");
  caller.other = callee;
  callee->other = &caller;
  caller.stage = User::Stage::calling;
  callee->stage = User::Stage::ringing;
  tell_user(*callee, event::CallIncoming{caller.as}, out);
}

void Hub::Impl::accept_call(User& callee, const Message& message, const std::string& caller, Outcome& out) {
  if (callee.stage != User::Stage::ringing || callee.other->as.name != caller) {
    return refuse(*callee.connection, message, ErrorCode::no_call, "This user is not calling you (any more).",
                  out);
  }
  callee.stage = callee.other->stage = User::Stage::talking;
  tell_user(*callee.other, event::CallAccepted{callee.as}, out);
}

void Hub::Impl::reject_call(User& callee, const Message& message, const std::string& caller, Outcome& out) {
  if (callee.stage != User::Stage::ringing || callee.other->as.name != caller) {
    return refuse(*callee.connection, message, ErrorCode::no_call, "This user is not calling you (any more).",
                  out);
  }
  User& rejected = *callee.other;
  hang_up(callee);
  tell_user(rejected, event::CallRejected{callee.as.name}, out);
}

void Hub::Impl::end_call(User& user, const Message& message, const std::string& name, Outcome& out) {
  if (user.other == nullptr || user.other->as.name != name) {
    return refuse(*user.connection, message, ErrorCode::no_call, "You have no call with this user.", out);
  }
  User& other = *user.other;
  hang_up(user);
  tell_user(other, event::CallEnded{user.as.name}, out);
}

/// When the list may go out again.
Instant Hub::Impl::users_due() const {
  const Limits& limits = config_.limits;
  const std::size_t bytes = users_.size() * users_.size() * bytes_per_entry;
  const std::chrono::milliseconds affordable(bytes * 1'000 / limits.users_bytes_per_second);
  return users_sent_at_ + std::max(limits.users_interval, affordable);
}

void Hub::Impl::publish_users(Instant now, Outcome& out) {
  if (!users_changed_ || now < users_due()) return;
  users_changed_ = false;
  users_sent_at_ = now;
  event::UsersOnline online{.users = {}, .at = config_.wall_clock()};
  for (const User& user : users_.all()) online.users.push_back(user.as);
  const auto event = std::make_shared<const Event>(std::move(online));
  for (const User& user : users_.all()) answer(*user.connection, event, out);
}

}  // namespace parley::hub
