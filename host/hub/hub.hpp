#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/command.hpp"
#include "hub/config.hpp"
#include "hub/dialect.hpp"
#include "hub/event.hpp"
#include "hub/refusal.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"

namespace parley::hub {

/// The server's name for one socket; never used twice.
using ConnectionId = std::uint64_t;

/// Why a connection is to be closed: a WebSocket close code and a few words.
struct Close {
  std::uint16_t code = 0;
  std::string_view reason;  ///< a literal
};

/// One thing to do for one connection: send it an event or, where there is none, close it. Deliveries to the
/// same connection are to be performed in the order in which the hub made them.
struct Delivery {
  ConnectionId to = 0;
  std::shared_ptr<const Event> event{};
  std::uint64_t seq = 0;  ///< the event's number; 0 is none
  std::uint64_t ack = 0;  ///< the last message of that client that was handled
  Close close{};          ///< where there is no event
};

/// What a connection is to the hub.
enum class Role : std::uint8_t {
  client,
  gateway,  ///< the host's own media gateway, for one publisher's stream; no client can claim to be it
};

/// How a socket ended.
enum class Parting : std::uint8_t {
  lost,
  goodbye,  ///< the client has closed it with 1001: its page is going away
};

/// What the host's media gateway is to do for the publisher in a room.
struct StreamChange {
  enum class Kind : std::uint8_t {
    wanted,  ///< a publisher waits there: the gateway is to join that room
    left,    ///< the publisher is gone and said so: the stream has ended
    lost,    ///< its socket was lost, or the gateway: the publisher may be back in a moment
  };

  Kind kind = Kind::wanted;
  std::string room;
  std::string address{};  ///< the publisher's, where it is wanted and known
};

/// Something that an operator may want to read in a log.
struct Notice {
  enum class Kind : std::uint8_t { joined, resumed, away, left, refused, closed };

  Kind kind = Kind::joined;
  ConnectionId connection = 0;  ///< 0 where the member has none
  std::string address{};        ///< of the client, or of its last connection
  std::string room{};           ///< empty where the connection is in none
  std::string peer{};
  std::string_view detail{};  ///< a literal: why it left, the error's code, why it is closed
};

/// What came of a call. Calls append, so one can be used again after clear().
struct Outcome {
  std::vector<Delivery> deliveries;
  std::vector<Notice> notices;
  std::vector<StreamChange> streams;
  std::vector<ConnectionId> probes;  ///< whose clients are to be asked for a sign of life

  void clear() {
    probes.clear();
    deliveries.clear();
    notices.clear();
    streams.clear();
  }
};

/// A member, and for how long it has been one.
struct Stay {
  Member member;
  Duration lasted{};
};

struct Totals {
  std::size_t connections = 0;
  std::size_t rooms = 0;
  std::size_t members = 0;
  std::size_t away = 0;  ///< of the members
};

/// Rooms and who is in them: commands in, events out. It does no I/O, starts no thread, reads no clock and
/// never throws on anything a client sends; each instance is a world of its own. It is not synchronised: the
/// server holds one lock around each call and, still under it, hands the deliveries to the recipients'
/// outboxes, which fixes their order. Every call costs O(1), or O(members of the room) where all of them are
/// told.
///
///     hub.connected(id, Dialect::parley, now);
///     hub.handle(id, parley_v1::decode(text), now, out);
///     hub.disconnected(id, now, out);          away at first; the others see it leave when the window closes
///     hub.expire(now, out);                    at next_timeout() at the latest
class Hub {
 public:
  explicit Hub(Config config);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// `address`: the client's, in whatever form; empty where it is not known. `source`: the same for what is
  /// counted per address.
  void connected(ConnectionId connection, Dialect dialect, Instant now, Role role = Role::client,
                 std::string address = {}, const Source& source = {});
  void handle(ConnectionId from, Message message, Instant now, Outcome& out);
  /// The socket is gone, however it went. Also after a `close` delivery.
  void disconnected(ConnectionId connection, Instant now, Outcome& out, Parting how = Parting::lost);
  /// The client has answered a probe. (All that it says is a sign of life, too.)
  void alive(ConnectionId connection, Instant now, Outcome& out);
  /// Does what is due: members away for too long leave, overdue acknowledgements go.
  void expire(Instant now, Outcome& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;

  /// By how many bytes too much is kept for clients, with `unsent` of it by the server; 0 where it is not.
  [[nodiscard]] std::size_t excess(std::size_t unsent) const;
  /// Gives up on whoever is furthest behind, one after the other, until this many bytes need not be kept.
  /// `unsent` says what the server keeps for a connection. Costs O(connections), so it is made to be rare.
  void relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out);

  // The room manager: what an application that keeps rooms of its own asks for. Whatever is refused
  // changes nothing.

  /// Lets in a member that has no connection here: the application speaks for it, with `relay`. Its dialect
  /// is `serverpod`.
  Done admit(command::Join join, Instant now, Outcome& out);
  /// Takes a member out of its room; its connection stays, and may join again.
  Done dismiss(std::string_view room, std::string_view id, Outcome& out);
  /// Carries a signal as if this member had sent it: to one, or to all others.
  Done relay(std::string_view room, std::string_view from, command::Signal signal, Outcome& out);
  /// Tells the others again that this member has come, which it has, or that one of this id has left.
  Done announce_joined(std::string_view room, std::string_view id, Outcome& out);
  Done announce_left(std::string_view room, std::string_view id, Outcome& out);
  /// Tells a member again who else is here.
  Done send_roster(std::string_view room, std::string_view id, Outcome& out);
  /// Everybody leaves; says how many those were.
  std::size_t clear(std::string_view room, Outcome& out);
  [[nodiscard]] std::optional<Stay> stay(std::string_view room, std::string_view id, Instant now) const;
  /// In the order in which they joined.
  [[nodiscard]] std::vector<Stay> stays(std::string_view room, Instant now) const;
  [[nodiscard]] bool has_room(std::string_view room) const;
  /// Their names, in no particular order.
  [[nodiscard]] std::vector<std::string> rooms() const;
  /// In the order in which they joined; empty where there is no such room.
  [[nodiscard]] std::vector<Member> members(std::string_view room) const;
  [[nodiscard]] Totals totals() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::hub
