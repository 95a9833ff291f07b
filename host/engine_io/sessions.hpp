#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/name_map.hpp"
#include "engine_io/config.hpp"
#include "engine_io/output.hpp"
#include "engine_io/refusal.hpp"
#include "engine_io/session.hpp"

namespace parley::engine_io {

struct Request {
  RequestId id = 0;
  std::string_view method{};
  std::string_view query{};                       ///< as it came, without the '?'
  std::optional<std::uint64_t> content_length{};  ///< where it is announced
  std::shared_ptr<const void> kept{};  ///< by the session that it opens, for as long as that is there
};

/// All Engine.IO sessions of one path, and the protocol's rules for its requests.
///
/// It does no I/O, starts no thread, reads no clock and never throws on what a client sends. It is not
/// synchronised. For a server with a thread a connection:
///
///   - one lock is held around each call; the outputs are performed in their order, before the lock is
///     released, or put in order into the recipients' outboxes and written after;
///   - a worker with a GET calls request() and waits for the Answer to its RequestId, which any thread's call
///     may bring: at most one such worker a session, and next_timeout() sees to it that none waits for longer
///     than a ping interval;
///   - a worker with a POST calls request(), reads the body unless that has been answered, and hands it in as
///     read_post() made it, without the lock; the Answer is among the outputs of that same call;
///   - who finds the client gone says so with input::RequestLost or input::SocketClosed;
///   - one timer thread calls expire() at next_timeout(), which every call may have moved;
///   - OPTIONS (CORS preflights: GET and POST, with Content-Type) are answered by the server itself, and
///     Access-Control-Allow-Origin is its to add to every Answer.
class Sessions {
 public:
  explicit Sessions(Config config) : config_(std::move(config)) {}
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// A GET's, or a POST's before its body is read. Says which session it belongs to; 0 where it is refused.
  SessionId request(const Request& request, Instant now, Outputs& out);

  /// Before a WebSocket's handshake: why it is to be refused, if it is.
  [[nodiscard]] std::optional<Refusal> refusal_of_socket(std::string_view query) const;
  /// After it. 0 where it has come to nothing meanwhile: it is closed then.
  SessionId socket_opened(SocketId socket, std::string_view query, Instant now, Outputs& out,
                          std::shared_ptr<const void> kept = {});

  // What a client has sent, read for handle(). They look at nothing that changes, so they need no lock.
  [[nodiscard]] input::Post read_post(RequestId request, std::string_view body) const;
  [[nodiscard]] input::SocketText read_text(SocketId socket, std::string_view text) const;

  /// The rest of what happens to a session. A Post for one that is gone is answered; all else is then
  /// ignored.
  void handle(SessionId session, Input input, Instant now, Outputs& out);

  // The application's; nothing happens where the session has ended.
  void send(SessionId session, Message message, Instant now, Outputs& out);
  void close(SessionId session, Instant now, Outputs& out);
  /// Has the client asked now whether it is there: output::Alive, if it is.
  void ask(SessionId session, Instant now, Outputs& out);
  /// The same of one that is too far behind: what waits for it is forgotten.
  void give_up(SessionId session, Instant now, Outputs& out);
  /// At once, whatever is under way.
  void close_all(Instant now, Outputs& out);

  /// Does what is due: pings, and the ends of those that did not answer one.
  void expire(Instant now, Outputs& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;

  /// The WebSocket that carries all of this session's packets from now on, if one does.
  [[nodiscard]] std::optional<SocketId> socket_of(SessionId session) const;
  /// What waits for polls, of all sessions.
  [[nodiscard]] std::size_t buffered_bytes() const { return buffered_bytes_; }
  /// Those included that wait for a last poll.
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] const Config& config() const { return config_; }

 private:
  struct Entry {
    Session session;
    std::optional<Instant> due;  // its place in timeouts_
    std::shared_ptr<const void> kept;
  };

  /// 0 where there is no room.
  [[nodiscard]] SessionId create(std::shared_ptr<const void> kept);
  [[nodiscard]] SessionId find(std::string_view sid) const;
  /// Runs `turn(session)` and then files the session anew.
  template <class Turn>
  void take_turn(SessionId id, Turn&& turn);

  void relieve(Instant now, Outputs& out);

  Config config_;
  SessionId last_id_ = 0;
  std::size_t buffered_bytes_ = 0;
  std::unordered_map<SessionId, Entry> sessions_;
  NameMap<SessionId> ids_;  // by sid
  std::set<std::pair<Instant, SessionId>> timeouts_;
};

}  // namespace parley::engine_io
