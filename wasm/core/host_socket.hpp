#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "deadline.hpp"
#include "input.hpp"
#include "limits.hpp"
#include "output.hpp"
#include "random.hpp"
#include "wire.hpp"

namespace parley {

/// The life of the WebSocket to a host, whatever is spoken on it: connect, say who we are, heartbeat, and
/// another socket when one is lost. What is said on it is its owner's affair.
class HostSocket {
 public:
  /// joining: open, and the host has not let us in yet. waiting_room: it asks a moderator first.
  enum class State { idle, connecting, joining, waiting_room, joined, waiting, closed };

  HostSocket(std::string url, Random& random, std::deque<Output>& outputs);

  void start(Instant now);
  /// Whether this is the socket that was asked for: then it is time for `introduce`.
  [[nodiscard]] bool opened(SocketId socket, Instant now);
  /// The first message. One that is larger than the host takes is given up with that as the reason.
  void introduce(std::string text);
  /// The host asks somebody who moderates whether to let us in, which takes its time.
  void held(Instant now);
  /// The host has let us in.
  void welcomed(const wire::HostLimits& told, Instant now);
  /// The host has not, and never will.
  void refused(const wire::Error& error);
  void send(std::string text);
  void closed(SocketId socket, int code, const std::string& reason, Instant now);
  /// Something came. Whether it counts: it may be from a socket that is no longer ours.
  [[nodiscard]] bool heard(SocketId socket, Instant now);
  /// This socket is of no more use, though nobody has closed it: another one soon.
  void drop(Instant now, Reason reason);
  /// Closes it; only `start` opens again.
  void leave(Reason reason);
  /// A better moment than the next timeout: retry at once, or see whether the socket still lives. Whether a
  /// ping is to be sent.
  [[nodiscard]] bool probe(Instant now);
  /// Whether a ping is to be sent.
  [[nodiscard]] bool timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const { return earliest(deadline_, earliest(ping_due_, pong_due_)); }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool joined() const { return state_ == State::joined; }
  /// The host knows what we want, and has not decided.
  [[nodiscard]] bool introduced() const { return state_ == State::joining || state_ == State::waiting_room; }
  /// Why it is not joined, as far as known.
  [[nodiscard]] const Reason& reason() const { return reason_; }
  /// The largest message that the host takes.
  [[nodiscard]] std::size_t host_bytes() const { return host_bytes_; }

 private:
  void open(Instant now);
  /// From now on a heartbeat watches over it, and no deadline.
  void settle(Instant now);
  void close(const std::string& why);
  void wait(Instant now);
  void give_up(Reason reason);
  void rest();

  std::string url_;
  Random& random_;
  std::deque<Output>& outputs_;

  State state_ = State::idle;
  Reason reason_;
  SocketId socket_ = 0;
  unsigned attempts_ = 0;
  Duration heartbeat_ = limits.heartbeat;
  std::size_t host_bytes_ = limits.host_bytes;
  Deadline deadline_;  ///< connecting, joining: give up this socket; waiting: try again
  Deadline ping_due_;
  Deadline pong_due_;
  Deadline stable_at_;  ///< from then on the socket counts as good, and the next backoff is the first again
};

[[nodiscard]] std::string_view name(HostSocket::State state);

/// Why a message is not sent that is larger than the host takes.
[[nodiscard]] Reason too_big(std::size_t most);

}  // namespace parley
