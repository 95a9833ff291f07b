#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine_io/sessions.hpp"
#include "socket_io/client.hpp"
#include "socket_io/config.hpp"
#include "socket_io/output.hpp"

namespace parley::socket_io {

using engine_io::Instant;

/// An event for a client, of UTF-8.
struct Emit {
  std::string_view name{};
  std::string_view args = "[]";  ///< a JSON array, with placeholders for the attachments
  std::span<const std::string> attachments{};
  std::optional<std::uint64_t> ack{};  ///< asks for an acknowledgement by this number, the caller's choice
};

/// Something that the transport tells of a session, on its way to that session's client.
struct Arrival {
  engine_io::Output what;
  std::optional<ReceivedPacket> packet{};  ///< of a text, once it is read
};
using Arrivals = std::vector<Arrival>;

/// Reads the texts among them.
void read(Arrivals& arrivals);

/// A Socket.IO v5 server: what a client's requests and frames lead to, down to the bytes. Like
/// engine_io::Sessions, whose rules for threads are this one's, too, it does no I/O and is not synchronised.
///
/// Requests and sockets go to transport(). After every call, to that or to this, the caller has advance()
/// take the application's part out of the outputs; what is left in them is performed in its order:
///
///     const std::lock_guard lock(mutex);
///     const auto session = io.transport().request(request, now, out);
///     for (auto told = io.advance(out, now); !told.empty(); told = io.advance(out, now))
///       for (const auto& each : told) application.handle(each, now, out);      which calls emit() and so on
///     perform(out);                                     answers, frames, closes: in order, never waiting
///
/// A server with many clients does not read their JSON under its lock: it takes what has arrived under it,
/// has read() read that without, and hands it to advance() under the lock again.
class Server {
 public:
  explicit Server(Config config) : config_(std::move(config)), sessions_(config_.transport) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] engine_io::Sessions& transport() { return sessions_; }
  [[nodiscard]] const engine_io::Sessions& transport() const { return sessions_; }

  /// Takes from `out` what is not for the network, and says what of it the application is to know. Appends
  /// the protocol's own answers.
  [[nodiscard]] Outputs advance(engine_io::Outputs& out, Instant now);
  // The same in three steps, of which read() is the second.
  static void take(engine_io::Outputs& out, Arrivals& arrivals);
  /// None of the arrivals are left.
  [[nodiscard]] Outputs advance(Arrivals& arrivals, engine_io::Outputs& out, Instant now);

  // Nothing happens where the client is not in that namespace (any more), about which the application is or
  // will be told.
  void emit(SessionId session, std::string_view nsp, const Emit& event, Instant now, engine_io::Outputs& out);
  /// The same of an event without attachments that encode() has written already, without the lock.
  void emit_written(SessionId session, std::string_view nsp, std::string packet, Instant now,
                    engine_io::Outputs& out);
  void acknowledge(SessionId session, std::string_view nsp, std::uint64_t id, std::string_view args,
                   std::span<const std::string> attachments, Instant now, engine_io::Outputs& out);
  /// Takes the client out of the namespace. The session goes on; the application is not told.
  void disconnect(SessionId session, std::string_view nsp, Instant now, engine_io::Outputs& out);

  /// Does what is due, the transport's part included.
  void expire(Instant now, engine_io::Outputs& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;

 private:
  struct Entry {
    Client client;
    Instant connect_due;
  };

  void opened(SessionId session, Instant now);
  void received(engine_io::output::Received& message, std::optional<ReceivedPacket> packet, Instant now,
                engine_io::Outputs& out, Outputs& told);
  void ended(SessionId session, engine_io::EndReason reason, Outputs& told);
  void send(SessionId session, const Packet& packet, std::span<const std::string> attachments, Instant now,
            engine_io::Outputs& out);
  [[nodiscard]] bool is_in(SessionId session, std::string_view nsp) const;

  Config config_;
  engine_io::Sessions sessions_;
  std::unordered_map<SessionId, Entry> clients_;
  std::set<std::pair<Instant, SessionId>> unconnected_;  // in no namespace yet, by when they must be
};

}  // namespace parley::socket_io
