#include "call.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "limits.hpp"

namespace parley {
namespace {

using Type = directory_wire::Message::Type;

struct End {
  std::string_view code;
  std::string_view message;
};

/// How a call can end. What the host says beyond these is the last of them.
constexpr std::array ends{
    End{"rejected", "The call was declined."},
    End{"busy", "This person is in another call. Try again later."},
    End{"cancelled", "The call was cancelled."},
    End{"timed-out", "Nobody answered."},
    End{"offline", "This person is not online."},
    End{"gone", "This person's connection was lost."},
    End{"too-many-rings", "You call too often. Try again later."},
    End{"failed", "The host has lost this call. Try again."},
    End{"ended", "The call has ended."},
};

}  // namespace

bool Call::is_with(const std::string& name) const {
  return !is(CallState::idle) && info_.with.name == name;
}

// The application's wishes.

std::optional<Reason> Call::dial(User callee, Instant now) {
  if (is(CallState::incoming) && is_with(callee.name)) {
    accept(now);
    return std::nullopt;
  }
  if (!is(CallState::idle)) {
    return Reason{.code = "in-a-call", .message = "End this call before you call somebody else."};
  }
  ring(CallState::outgoing, std::move(callee), ++last_own_, now);
  request();
  return std::nullopt;
}

void Call::accept(Instant now) {
  if (is(CallState::incoming) && !answered_) answer(call_, now);
}

void Call::reject() {
  if (is(CallState::incoming)) decline("rejected");
}

void Call::hang_up() {
  if (is(CallState::idle)) return;
  if (is(CallState::incoming)) return decline("rejected");
  if (is(CallState::outgoing)) return give_up("cancelled");
  say("hangup", info_.with.name, call_);
  finish("ended");
}

// The host.

void Call::registered(const directory_wire::Message& welcome, Instant now) {
  const Declined declined = std::exchange(declined_, {});
  const auto& standing = welcome.call;
  if (!standing || !is_with(standing->with.name) || !take_up(*standing, welcome.call_id, now)) {
    const bool ours_stays = is(CallState::accepted) || (is(CallState::outgoing) && !told_);
    if (!ours_stays && !is(CallState::idle)) finish("failed");
    if (standing) meet(*standing, welcome.call_id, declined, now);
  }
  // What the host has not rung by now was lost with the socket.
  own_ = 0;
  request();
}

/// The host knows of a call with whom we have one. Whether it is that; then it may have gone on.
bool Call::take_up(const CallInfo& standing, Id call, Instant now) {
  const bool same = call == 0 || call == call_;
  if (standing.state == CallState::incoming) {
    if (is(CallState::outgoing) || answered_) {
      answer(call, now);
    } else if (!same || is(CallState::accepted)) {
      ring(CallState::incoming, standing.with, call, now);  // they have hung up and are calling again
    }
    return true;
  }
  if (!same && call != own_) return false;
  call_ = call;
  told_ = true;
  answered_ = false;
  if (standing.state == CallState::accepted) connect(standing);
  return true;
}

/// The host knows of a call that we do not have, or not any more.
void Call::meet(const CallInfo& standing, Id call, const Declined& declined, Instant now) {
  const std::string& name = standing.with.name;
  const bool unheard = declined.name == name && declined.call == call;
  if (standing.state != CallState::incoming) {
    say(standing.state == CallState::outgoing ? "cancel" : "hangup", name, call);
  } else if (is(CallState::idle) && !unheard) {
    ring(CallState::incoming, standing.with, call, now);
  } else {
    turn_away(name, call, unheard ? declined.reason : "busy");
  }
}

void Call::on(const directory_wire::Message& news, Instant now) {
  const std::string& name = news.with.name;
  const bool ours = is_with(name) && (news.call_id == 0 || news.call_id == call_);
  if (news.type == Type::incoming) {
    rung(news.with, news.call_id, now);
  } else if (news.type == Type::accepted) {
    if (!ours) return say("hangup", name, news.call_id);
    connect({.state = CallState::accepted, .with = news.with, .room = news.room, .reason = {}});
  } else if (ours && own_ != 0) {
    // Each was calling the other, who has given up before ours came to the host: that one rings now.
    call_ = std::exchange(own_, 0);
    answered_ = false;
  } else if (ours && !(is(CallState::accepted) && news.reason == "gone")) {
    // (Who is gone from the directory may only have lost the host: the room knows whether media flows.)
    finish(news.reason);
  }
}

void Call::rung(const User& caller, Id call, Instant now) {
  if (!is(CallState::idle) && !is_with(caller.name)) {
    turn_away(caller.name, call, "busy");
  } else if (is(CallState::outgoing)) {
    answer(call, now);  // each is calling the other
  } else {
    ring(CallState::incoming, caller, call, now);
  }
}

void Call::refused(const wire::Error& error, Id call) {
  const bool of_call = error.re == "call";
  if (of_call && own_ != 0 && (call == 0 || call == own_)) {
    own_ = 0;  // of two who call each other, one is told that the other is busy
    return;
  }
  const bool waits = of_call ? is(CallState::outgoing) && told_ && !answered_ : answered_;
  if (!waits || (call != 0 && call != call_)) return;
  if (error.code == "user-offline") {
    finish("offline");
  } else if (error.code == "user-busy") {
    finish("busy");
  } else if (error.code == "too-many-rings") {
    finish("too-many-rings", error.message);
  } else {
    finish("failed", error.message);
  }
}

void Call::cut_off() {
  if (is(CallState::outgoing) || is(CallState::incoming)) finish("failed");
}

void Call::timeout(Instant now) {
  if (!due(deadline_, now)) return;
  if (is(CallState::outgoing)) {
    give_up("timed-out");
  } else {
    decline(answered_ ? "failed" : "timed-out");
  }
}

// What follows.

void Call::ring(CallState state, User with, Id call, Instant now) {
  info_ = {.state = state, .with = std::move(with), .room = {}, .reason = {}};
  call_ = call;
  told_ = false;
  answered_ = false;
  deadline_ = now + limits.ring_timeout;
}

void Call::request() {
  if (!is(CallState::outgoing) || told_ || !socket_.joined()) return;
  told_ = true;
  say("call", info_.with.name, call_);
}

void Call::answer(Id call, Instant now) {
  if (is(CallState::outgoing) && told_ && !answered_) own_ = call_;
  call_ = call;
  told_ = true;
  answered_ = true;
  deadline_ = now + limits.ring_timeout;
  say("accept", info_.with.name, call_);
}

void Call::connect(const CallInfo& accepted) {
  info_ = accepted;
  answered_ = false;
  own_ = 0;
  deadline_.reset();
}

void Call::give_up(std::string_view code) {
  const std::string& name = info_.with.name;
  if (told_) say("cancel", name, call_);
  if (own_ != 0) say("cancel", name, own_);
  if (answered_) declined_ = {.name = name, .call = call_};
  finish(code);
}

void Call::decline(std::string_view reason) {
  const std::string& name = info_.with.name;
  if (answered_) {
    say("hangup", name, call_);
    declined_ = {.name = name, .call = call_};
  } else {
    turn_away(name, call_, std::string(reason));
  }
  finish(reason);
}

void Call::turn_away(const std::string& name, Id call, const std::string& reason) {
  say("reject", name, call, reason);
  declined_ = {.name = name, .call = call, .reason = reason};
}

void Call::finish(std::string_view code, const std::string& message) {
  const auto* end =
      std::find_if(ends.begin(), ends.end() - 1, [&](const End& known) { return known.code == code; });
  info_.state = CallState::idle;
  info_.room.clear();
  info_.reason = {.code = std::string(end->code),
                  .message = message.empty() ? std::string(end->message) : message};
  answered_ = false;
  own_ = 0;
  deadline_.reset();
}

void Call::say(std::string_view type, const std::string& name, Id call, std::string_view reason) {
  if (socket_.joined()) socket_.send(directory_wire::encode(type, name, call, reason));
}

}  // namespace parley
