#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine_io/config.hpp"
#include "engine_io/input.hpp"
#include "engine_io/output.hpp"
#include "engine_io/packet.hpp"
#include "engine_io/query.hpp"
#include "hub/time.hpp"

namespace parley::engine_io {

using hub::Instant;

/// One Engine.IO v4 session: what each of a client's requests, frames and silences leads to. Its first input,
/// a Poll or a SocketOpened, opens it by that transport.
///
///     open on polling ──probe──▸ upgrading ──upgrade──▸ open on WebSocket
///            └──────────────────── ends ──────────────────────┘
///                                    └─▸ farewell (a last answer waits for the client's next poll) ─▸ gone
///
/// While it polls, what the application sends waits for the client's next poll; what still waits when the
/// upgrade completes goes out over the WebSocket, before anything newer.
class Session {
 public:
  /// `config` outlives it.
  Session(SessionId id, std::string sid, const Config& config)
      : id_(id), sid_(std::move(sid)), config_(config) {}

  void handle(Input input, Instant now, Outputs& out);
  /// The application's. After the end they do nothing. A session that is being upgraded ends when that is
  /// over: its client reads neither way until then.
  void send(Message message, Instant now, Outputs& out);
  void close(Instant now, Outputs& out);
  /// A ping now, and output::Alive when it is answered.
  void ask(Instant now, Outputs& out);
  /// The server goes: at once, whatever is under way.
  void abandon(Instant now, Outputs& out) { end(EndReason::server_closed, now, out); }

  /// It has not polled for too long: at once, and what waits is forgotten.
  void give_up(Instant now, Outputs& out) { end(EndReason::too_slow, now, out); }

  /// When to handle a Timeout, if nothing else happens; none once it is gone.
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  /// Nothing will come of it any more: to be forgotten.
  [[nodiscard]] bool gone() const { return phase_ == Phase::gone; }
  [[nodiscard]] Transport transport() const { return transport_; }
  /// The WebSocket that carries all packets from now on, if one does.
  [[nodiscard]] std::optional<SocketId> socket() const { return socket_; }
  /// What waits for the next poll.
  [[nodiscard]] std::size_t buffered_bytes() const { return buffered_bytes_; }
  [[nodiscard]] const std::string& sid() const { return sid_; }

 private:
  enum class Phase : std::uint8_t { fresh, open, farewell, gone };
  /// A WebSocket that is to take over from polling.
  struct Candidate {
    SocketId socket = 0;
    Instant due{};
    std::optional<Instant> release{};  // once it has probed: when polls are to be held no more
  };

  void on(const input::Poll& poll, Instant now, Outputs& out);
  void on(const input::PostBegins& post, Instant now, Outputs& out);
  void on(input::Post& post, Instant now, Outputs& out);
  void on(const input::RequestLost& lost, Instant now, Outputs& out);
  void on(const input::SocketOpened& opened, Instant now, Outputs& out);
  void on(input::SocketText& text, Instant now, Outputs& out);
  void on(const input::SocketBinary& binary, Instant now, Outputs& out);
  void on(const input::SocketClosed& closed, Instant now, Outputs& out);
  void on(const input::Timeout&, Instant, Outputs&) {}  // every input does what is due, this one no more

  void open(Transport transport, Instant now, Outputs& out);
  [[nodiscard]] std::string handshake() const;
  void do_what_is_due(Instant now, Outputs& out);
  void receive(Packet packet, Instant now, Outputs& out);
  void probe(const input::SocketText& text, Instant now, Outputs& out);
  void upgrade(Instant now, Outputs& out);
  void drop_candidate(Outputs& out);
  /// The upgrade has come to an end, or to nothing.
  void upgrade_over(Instant now, Outputs& out);

  void put(Packet packet, Instant now, Outputs& out);
  /// Answers the poll that waits, where there is something to answer it with.
  void release_poll(Instant now, Outputs& out);
  [[nodiscard]] std::string take_buffered();
  void forget_buffered();
  void end(EndReason reason, Instant now, Outputs& out);
  void end_polling(EndReason reason, Instant now, Outputs& out);

  SessionId id_;
  std::string sid_;
  const Config& config_;
  Phase phase_ = Phase::fresh;
  Transport transport_ = Transport::polling;

  std::optional<RequestId> poll_;  // waits for its answer
  std::optional<RequestId> post_;  // its body is arriving
  std::optional<SocketId> socket_;
  std::optional<Candidate> candidate_;
  bool closing_ = false;          // as soon as there is no candidate
  std::vector<Packet> buffered_;  // while polling: for the next poll
  std::size_t buffered_bytes_ = 0;

  Instant ping_due_{};
  std::optional<Instant> pong_due_;  // a ping is on its way
  bool asked_ = false;               // the application waits for the answer
  Instant farewell_due_{};
};

}  // namespace parley::engine_io
