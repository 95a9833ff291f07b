#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "deadline.hpp"
#include "input.hpp"
#include "limits.hpp"
#include "output.hpp"
#include "random.hpp"
#include "reliable.hpp"
#include "wire.hpp"

namespace parley {

/// Who joins which room where: what each join says, whichever socket it goes over.
struct Identity {
  std::string url;
  wire::Join join;
  bool chosen_peer = false;  ///< the application asked for its id; the host did not assign it
};

/// The WebSocket's life: connect, join or resume, heartbeat, reconnect. What it is told to send arrives once
/// and in order as long as the host knows the session, however many sockets that takes.
class Transport {
 public:
  enum class State { idle, connecting, joining, joined, waiting, closed };

  Transport(Identity identity, Random& random, std::deque<Output>& outputs);

  void start(Instant now);
  /// Says goodbye and closes; only `start` opens again.
  void leave();
  /// A better moment than the next timeout: retry at once, or see whether the socket still lives.
  void probe(Instant now);
  void identify(const wire::Update& update);

  void opened(SocketId socket, Instant now);
  void closed(SocketId socket, int code, const std::string& reason, Instant now);
  /// What the host said, where the session has to know.
  [[nodiscard]] std::optional<wire::Message> received(SocketId socket, std::string_view text, Instant now);
  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const;

  void send(const wire::Signal& signal);
  void send(const wire::Update& update);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool joined() const { return state_ == State::joined; }
  /// The last resume could not replay all that was said: more was kept waiting than `Limits::unacknowledged`.
  [[nodiscard]] bool lost_messages() const { return lost_messages_; }
  /// Why it is not joined, as far as known.
  [[nodiscard]] const Reason& reason() const { return reason_; }

 private:
  void open(Instant now);
  void drop(Instant now, Reason reason);
  void wait(Instant now);
  void give_up(Reason reason);
  void joined(const wire::Joined& joined, Sequence ack, Instant now);
  void refused(const wire::Error& error, Instant now);
  void send_reliably(std::string text, const std::string& peer);
  void write(std::string text);

  Identity identity_;
  Random& random_;
  std::deque<Output>& outputs_;

  State state_ = State::idle;
  Reason reason_;
  SocketId socket_ = 0;
  unsigned attempts_ = 0;
  Duration heartbeat_;
  std::size_t host_bytes_ = limits.host_bytes;
  Deadline deadline_;  ///< connecting, joining: give up this socket; waiting: try again
  Deadline ping_due_;
  Deadline pong_due_;
  Deadline stable_at_;  ///< from then on the socket counts as good, and the next backoff is the first again

  std::string session_;
  ReliableSender sender_;
  ReliableReceiver receiver_;
  Sequence missing_ = 0;  ///< that a resume was to bring
  bool lost_messages_ = false;
  bool changed_since_join_ = false;  ///< our name or metadata, while the host had not answered yet
};

}  // namespace parley
