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

/// One that the host may not have heard.
const Call::Ping* Call::find_goodbye(const Pings& pings, const std::string& name) {
  const auto found =
      std::find_if(pings.begin(), pings.end(), [&](const Ping& ping) { return ping.goodbye == name; });
  return found == pings.end() ? nullptr : &*found;
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
  ring(CallState::outgoing, std::move(callee), now);
  request();
  return std::nullopt;
}

void Call::accept(Instant now) {
  if (is(CallState::incoming) && !answered_) answer(now);
}

void Call::reject() {
  if (is(CallState::incoming)) decline("rejected");
}

void Call::hang_up() {
  if (is(CallState::idle)) return;
  if (is(CallState::incoming)) return decline("rejected");
  if (is(CallState::outgoing)) return give_up("cancelled");
  say_goodbye(info_.with.name, "hangup");
  finish("ended");
}

// The host.

void Call::registered(const std::optional<CallInfo>& standing, Instant now) {
  const auto unheard = std::exchange(pings_, {});
  if (standing && is_with(standing->with.name)) {
    agree(*standing, now);
  } else {
    const bool ours_stays = is(CallState::accepted) || (is(CallState::outgoing) && !told_);
    if (!ours_stays && !is(CallState::idle)) finish("failed");
    if (standing) meet(*standing, find_goodbye(unheard, standing->with.name), now);
  }
  request();
}

/// The host knows of our call, and maybe how it went on.
void Call::agree(const CallInfo& standing, Instant now) {
  switch (standing.state) {
    case CallState::accepted:
      return connect(standing);
    case CallState::incoming:
      // They have hung up and are calling again.
      if (is(CallState::accepted)) return ring(CallState::incoming, standing.with, now);
      if (is(CallState::outgoing) || answered_) answer(now);
      return;
    default:
      told_ = true;
  }
}

/// The host knows of a call that we do not have, or not any more.
void Call::meet(const CallInfo& standing, const Ping* goodbye, Instant now) {
  const bool rings = standing.state == CallState::incoming;
  if (rings && is(CallState::idle) && goodbye == nullptr) {
    ring(CallState::incoming, standing.with, now);
  } else if (rings) {
    say_goodbye(standing.with.name, "reject", goodbye == nullptr ? "busy" : goodbye->reason);
  } else {
    say_goodbye(standing.with.name, standing.state == CallState::outgoing ? "cancel" : "hangup");
  }
}

void Call::on(const directory_wire::Message& news, Instant now) {
  const std::string& name = news.with.name;
  const bool ours = is_with(name);
  const bool over = find_goodbye(pings_, name) != nullptr;
  if (news.type == Type::incoming) {
    if (over || (!ours && !is(CallState::idle))) {
      say_goodbye(name, "reject", "busy");
    } else if (is(CallState::outgoing)) {
      answer(now);  // each is calling the other
    } else if (!is(CallState::incoming)) {
      ring(CallState::incoming, news.with, now);
    }
  } else if (news.type == Type::accepted) {
    if (ours && !over) {
      connect({.state = CallState::accepted, .with = news.with, .room = news.room, .reason = {}});
    } else {
      // Even where a goodbye is on its way: a `reject` ends no call that was accepted before.
      say_goodbye(name, "hangup");
    }
  } else if (over) {
    return;
  } else if (is(CallState::outgoing) && ours && answered_ && !refused_) {
    // Each was calling the other, who has given up before ours came to the host: that one rings now.
    answered_ = false;
  } else if (ours && !(is(CallState::accepted) && news.reason == "gone")) {
    // (Who is gone from the directory may only have lost the host: the room knows whether media flows.)
    finish(news.reason);
  }
}

void Call::refused(const wire::Error& error) {
  if (error.re == "accept") {
    if (answered_) finish("failed", error.message);
  } else if (!is(CallState::outgoing) || !told_) {
    return;
  } else if (answered_) {
    refused_ = true;  // of two who call each other, one is told that the other is busy
  } else if (error.code == "user-offline") {
    finish("offline");
  } else if (error.code == "user-busy") {
    finish("busy");
  } else if (error.code == "too-many-rings") {
    finish("too-many-rings", error.message);
  } else {
    finish("failed", error.message);
  }
}

void Call::ponged() {
  if (!pings_.empty()) pings_.erase(pings_.begin());
  request();
}

void Call::cut_off() {
  if (is(CallState::outgoing) || is(CallState::incoming)) finish("failed");
}

void Call::ping() {
  socket_.send(wire::encode_ping(0));
  pings_.push_back({});
}

void Call::timeout(Instant now) {
  if (!due(deadline_, now)) return;
  if (is(CallState::outgoing)) {
    give_up("timed-out");
  } else if (answered_) {
    say_goodbye(info_.with.name, "hangup");
    finish("failed");
  } else {
    decline("timed-out");
  }
}

// What follows.

void Call::ring(CallState state, User with, Instant now) {
  info_ = {.state = state, .with = std::move(with), .room = {}, .reason = {}};
  told_ = false;
  answered_ = false;
  deadline_ = now + limits.ring_timeout;
}

/// Asks the host to ring, once every goodbye has been heard: a refusal does not say whose call it is about.
void Call::request() {
  const auto is_goodbye = [](const Ping& ping) { return !ping.goodbye.empty(); };
  if (!is(CallState::outgoing) || told_ || !socket_.joined()) return;
  if (std::any_of(pings_.begin(), pings_.end(), is_goodbye)) return;
  told_ = true;
  say("call");
}

void Call::answer(Instant now) {
  refused_ = !told_;
  told_ = true;
  answered_ = true;
  deadline_ = now + limits.ring_timeout;
  say("accept");
}

void Call::connect(const CallInfo& accepted) {
  info_ = accepted;
  answered_ = false;
  deadline_.reset();
}

void Call::give_up(std::string_view code) {
  if (told_) say_goodbye(info_.with.name, "cancel");
  finish(code);
}

void Call::decline(std::string_view reason) {
  if (answered_) {
    say_goodbye(info_.with.name, "hangup");
  } else {
    say_goodbye(info_.with.name, "reject", reason);
  }
  finish(reason);
}

void Call::finish(std::string_view code, const std::string& message) {
  const auto* end =
      std::find_if(ends.begin(), ends.end() - 1, [&](const End& known) { return known.code == code; });
  info_.state = CallState::idle;
  info_.room.clear();
  info_.reason = {.code = std::string(end->code),
                  .message = message.empty() ? std::string(end->message) : message};
  answered_ = false;
  deadline_.reset();
}

void Call::say(std::string_view type) {
  if (socket_.joined()) socket_.send(directory_wire::encode(type, info_.with.name));
}

void Call::say_goodbye(const std::string& name, std::string_view type, std::string_view reason) {
  if (socket_.joined()) {
    socket_.send(directory_wire::encode(type, name, reason));
    socket_.send(wire::encode_ping(0));
  }
  pings_.push_back({.goodbye = name, .reason = std::string(reason)});
}

}  // namespace parley
