#include "host_socket.hpp"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

constexpr int close_normal = 1000;
constexpr int close_continued_elsewhere = 4001;

}  // namespace

HostSocket::HostSocket(std::string url, Random& random, std::deque<Output>& outputs)
    : url_(std::move(url)), random_(random), outputs_(outputs) {}

void HostSocket::start(Instant now) {
  if (state_ != State::idle && state_ != State::closed) return;
  attempts_ = 0;
  reason_ = {.code = "connecting", .message = "Connecting to the host."};
  open(now);
}

void HostSocket::open(Instant now) {
  state_ = State::connecting;
  deadline_ = now + limits.socket_timeout;
  outputs_.emplace_back(
      output::OpenSocket{.socket = ++socket_, .url = url_, .protocol = std::string(wire::subprotocol)});
}

bool HostSocket::opened(SocketId socket, Instant now) {
  if (socket != socket_ || state_ != State::connecting) return false;
  state_ = State::joining;
  deadline_ = now + limits.socket_timeout;
  return true;
}

void HostSocket::introduce(std::string text) {
  if (text.size() > host_bytes_) {
    close("message-too-big");
    give_up(too_big(host_bytes_));
    return;
  }
  send(std::move(text));
}

void HostSocket::held(Instant now) {
  state_ = State::waiting_room;
  reason_ = {.code = "waiting-room", .message = "Somebody who moderates is asked to let you in."};
  settle(now);
}

void HostSocket::welcomed(const wire::HostLimits& told, Instant now) {
  state_ = State::joined;
  reason_ = {};
  if (told.heartbeat > Duration::zero()) heartbeat_ = told.heartbeat;
  if (told.message_bytes > 0) host_bytes_ = told.message_bytes;
  settle(now);
}

void HostSocket::settle(Instant now) {
  deadline_.reset();
  stable_at_ = now + limits.stable_after;
  ping_due_ = now + heartbeat_;
}

void HostSocket::refused(const wire::Error& error) {
  close(error.code);
  give_up({.code = error.code, .message = error.message});
}

void HostSocket::send(std::string text) {
  outputs_.emplace_back(output::SendSocket{.socket = socket_, .text = std::move(text)});
}

void HostSocket::closed(SocketId socket, int code, const std::string& reason, Instant now) {
  const bool open = state_ == State::connecting || introduced() || joined();
  if (socket != socket_ || !open) return;
  if (code == close_continued_elsewhere) {
    give_up({.code = "replaced", .message = "This session continues in another tab or window."});
    return;
  }
  reason_ = {.code = "socket-closed",
             .message = "The connection to the host was lost" + (reason.empty() ? "" : " (" + reason + ")") +
                        "; trying again."};
  wait(now);
}

bool HostSocket::heard(SocketId socket, Instant now) {
  if (socket != socket_ || !(introduced() || joined())) return false;
  ping_due_ = now + heartbeat_;
  pong_due_.reset();
  return true;
}

void HostSocket::drop(Instant now, Reason reason) {
  close(reason.code);
  reason_ = std::move(reason);
  wait(now);
}

void HostSocket::leave(Reason reason) {
  if (state_ != State::idle && state_ != State::waiting && state_ != State::closed) close("left");
  give_up(std::move(reason));
}

void HostSocket::close(const std::string& why) {
  outputs_.emplace_back(output::CloseSocket{.socket = socket_, .code = close_normal, .reason = why});
}

/// Exponential backoff with full jitter.
void HostSocket::wait(Instant now) {
  if (due(stable_at_, now)) attempts_ = 0;
  state_ = State::waiting;
  rest();
  const Duration most = std::min(limits.backoff_cap, limits.backoff_first * (1U << std::min(attempts_, 10U)));
  ++attempts_;
  deadline_ = now + random_.up_to(most);
}

void HostSocket::give_up(Reason reason) {
  state_ = State::closed;
  reason_ = std::move(reason);
  rest();
}

/// There is no socket whose time matters.
void HostSocket::rest() {
  deadline_.reset();
  ping_due_.reset();
  pong_due_.reset();
  stable_at_.reset();
}

bool HostSocket::probe(Instant now) {
  if (state_ == State::waiting) {
    attempts_ = 0;
    open(now);
  }
  if (state_ != State::joined && state_ != State::waiting_room) return false;
  ping_due_.reset();
  // A network that changes all the time must not put off the answer's time for ever.
  pong_due_ = earliest(pong_due_, now + limits.probe_grace);
  return true;
}

bool HostSocket::timeout(Instant now) {
  if (due(deadline_, now)) {
    if (state_ == State::waiting) {
      open(now);
    } else {
      drop(now, {.code = "host-silent", .message = "The host does not answer; trying again."});
    }
  }
  if (due(pong_due_, now)) {
    drop(now, {.code = "host-silent", .message = "The host stopped answering; connecting again."});
  }
  if (!due(ping_due_, now)) return false;
  ping_due_.reset();
  pong_due_ = now + limits.heartbeat_grace;
  return true;
}

std::string_view name(HostSocket::State state) {
  switch (state) {
    case HostSocket::State::idle:
      return "idle";
    case HostSocket::State::connecting:
      return "connecting";
    case HostSocket::State::joining:
      return "joining";
    case HostSocket::State::waiting_room:
      return "waiting-room";
    case HostSocket::State::joined:
      return "joined";
    case HostSocket::State::waiting:
      return "waiting";
    case HostSocket::State::closed:
      return "closed";
  }
  return "";
}

Reason too_big(std::size_t most) {
  return {.code = "message-too-big",
          .message = "The host takes messages of at most " + std::to_string(most) +
                     " bytes; this one was not sent."};
}

}  // namespace parley
