#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "access_token.hpp"
#include "deadline.hpp"
#include "host_socket.hpp"
#include "input.hpp"
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

/// A session with the host: join or resume, whenever there is a socket. What it is told to send arrives once
/// and in order as long as the host knows the session, however many sockets that takes.
class Transport {
 public:
  using State = HostSocket::State;

  Transport(Identity identity, Random& random, std::deque<Output>& outputs);

  void start(Instant now);
  /// Says goodbye and closes; only `start` opens again.
  void leave();
  /// Joins nothing: the host would refuse it.
  void refuse(Reason reason);
  /// A better moment than the next timeout: retry at once, or see whether the socket still lives.
  void probe(Instant now);
  void identify(const wire::Update& update);
  /// Shows the host a newer token, now or with the next join.
  void renew(const std::string& token);

  void opened(SocketId socket, Instant now);
  void closed(SocketId socket, int code, const std::string& reason, Instant now);
  /// What the host said, where the session has to know; not a refusal after which another join is tried.
  [[nodiscard]] std::optional<wire::Message> received(SocketId socket, std::string_view text, Instant now);
  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const;

  void send(const wire::Signal& signal);
  void send(const wire::Update& update);
  void send(const Moderation& wish);

  [[nodiscard]] State state() const { return socket_.state(); }
  [[nodiscard]] bool joined() const { return socket_.joined(); }
  /// The last resume could not replay all that was said: more was kept waiting than `Limits::unacknowledged`.
  [[nodiscard]] bool lost_messages() const { return lost_messages_; }
  /// Why it is not joined, as far as known.
  [[nodiscard]] const Reason& reason() const { return socket_.reason(); }

 private:
  void joined(const wire::Joined& joined, Sequence ack, Instant now);
  void send_token();
  [[nodiscard]] bool hear_of_token(const wire::Message& message, Instant now);
  [[nodiscard]] std::optional<wire::Message> answered(wire::Received& received, Instant now);
  [[nodiscard]] bool refused(const wire::Error& error, Instant now);
  void send_reliably(std::string text, const std::string& peer);

  Identity identity_;
  std::deque<Output>& outputs_;
  AccessToken token_;
  HostSocket socket_;

  std::string session_;
  ReliableSender sender_;
  ReliableReceiver receiver_;
  Sequence missing_ = 0;  ///< that a resume was to bring
  bool lost_messages_ = false;
  bool changed_since_join_ = false;  ///< our name or metadata, while the host had not answered yet
};

}  // namespace parley
