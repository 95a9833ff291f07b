#pragma once

#include <deque>
#include <optional>

#include "engine_io/sessions.hpp"
#include "socket_io/server.hpp"

namespace parley::echo {

using engine_io::Instant;

/// Plain Engine.IO: every message comes back.
class EngineEcho {
 public:
  explicit EngineEcho(engine_io::Config config) : sessions_(std::move(config)) {}

  [[nodiscard]] engine_io::Sessions& sessions() { return sessions_; }
  /// Takes the application's part out of the outputs, and appends what comes of it.
  void settle(engine_io::Outputs& out, Instant now);
  void expire(Instant now, engine_io::Outputs& out) { sessions_.expire(now, out); }
  [[nodiscard]] std::optional<Instant> next_timeout() const { return sessions_.next_timeout(); }

 private:
  engine_io::Sessions sessions_;
};

/// Socket.IO, in the namespaces / and /custom: says `auth` with the handshake's auth to whoever connects,
/// answers `message` with `message-back`, and `message-with-ack` by its own arguments.
///
/// `auth` comes a moment after the connection is confirmed. The suites wait for one message after the other,
/// and miss one that arrives in the same read as that before it.
class SocketEcho {
 public:
  explicit SocketEcho(socket_io::Config config) : server_(std::move(config)) {}

  [[nodiscard]] engine_io::Sessions& sessions() { return server_.transport(); }
  void settle(engine_io::Outputs& out, Instant now);
  void expire(Instant now, engine_io::Outputs& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;

 private:
  void on(const socket_io::output::Connected& client, Instant now, engine_io::Outputs& out);
  void on(const socket_io::output::Event& event, Instant now, engine_io::Outputs& out);
  void on(const socket_io::output::Acknowledged&, Instant, engine_io::Outputs&) {}
  void on(const socket_io::output::Disconnected&, Instant, engine_io::Outputs&) {}

  struct Greeting {
    Instant due;
    socket_io::output::Connected client;
  };

  socket_io::Server server_;
  std::deque<Greeting> greetings_;  // in the order in which they are due
};

}  // namespace parley::echo
