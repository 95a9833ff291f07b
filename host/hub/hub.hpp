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
#include "hub/outcome.hpp"
#include "hub/refusal.hpp"
#include "hub/socket.hpp"
#include "hub/source.hpp"
#include "hub/time.hpp"

namespace parley::hub {

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
  /// counted per address. `credential`: what it has shown by then.
  void connected(ConnectionId connection, Dialect dialect, Instant now, Role role = Role::client,
                 std::string address = {}, const Source& source = {}, Credential credential = {});
  void handle(ConnectionId from, Message message, Instant now, Outcome& out);
  /// The socket is gone, however it went. Also after a `close` delivery.
  void disconnected(ConnectionId connection, Instant now, Outcome& out, Parting how = Parting::lost);
  /// The client has answered a probe. (Every message is a sign of life, too.)
  void alive(ConnectionId connection, Instant now, Outcome& out);
  /// Does what is due: members that were away for too long leave, overdue acknowledgements go out.
  void expire(Instant now, Outcome& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;

  /// How many bytes too many are kept for clients, including `unsent` bytes of the server; 0 if none.
  [[nodiscard]] std::size_t excess(std::size_t unsent) const;
  /// Gives up the clients that are furthest behind, one after the other, until this many bytes are free.
  /// `unsent` says how much the server keeps for a connection. Costs O(connections), so it is made to be
  /// rare.
  void relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out);

  // The room manager, for an application that keeps rooms of its own. A refused request changes nothing.

  /// Admits a member without a connection. The application speaks for it, with `relay`; its dialect is
  /// `serverpod`.
  Done admit(command::Join join, Instant now, Outcome& out);
  /// Removes a member from its room. Its connection stays, and may join again.
  Done dismiss(std::string_view room, std::string_view id, Outcome& out);
  /// SignalKind a signal as if this member had sent it: to one, or to all others.
  Done relay(std::string_view room, std::string_view from, command::Signal signal, Outcome& out);
  /// Tells the others again that this member has come, which it has, or that one of this id has left.
  Done announce_joined(std::string_view room, std::string_view id, Outcome& out);
  Done announce_left(std::string_view room, std::string_view id, Outcome& out);
  /// Tells a member again who else is here.
  Done send_roster(std::string_view room, std::string_view id, Outcome& out);
  /// Everybody leaves; says how many those were.
  std::size_t clear(std::string_view room, Outcome& out);
  /// What a moderator may do, in a room that has a member or rules.
  Done moderate(const std::string& room, command::Moderate wish, Instant now, Outcome& out);
  /// From now on, a name is an account's, and of its sign-ins this one alone is good; none: it is no account's any more.
  /// Who is here by another is told, and is out after Limits::sign_out_notice; who was only called so is out at once.
  void settle_account(const std::string& name, std::optional<std::uint64_t> sign_in, Instant now,
                      Outcome& out);
  /// Whether somebody who has not signed in is called so, or by a name that plain_name() takes for it.
  [[nodiscard]] bool is_name_of_guest(std::string_view name) const;
  /// Makes a room that is there, with these rules, until it is ended; or changes those of one.
  Done keep_room(const std::string& room, const RuleChange& rules, Instant now, Outcome& out);
  /// Whether it was made so, and is there whoever is in it.
  [[nodiscard]] bool is_kept(std::string_view room) const;
  /// Those that were made so, in no particular order.
  [[nodiscard]] std::vector<std::string> kept_rooms() const;
  [[nodiscard]] RoomRules rules_of(std::string_view room) const;
  /// Who waits there to be let in, and who was removed.
  [[nodiscard]] event::Lobby lobby(std::string_view room) const;
  [[nodiscard]] std::optional<Stay> stay(std::string_view room, std::string_view id, Instant now) const;
  /// In the order in which they joined.
  [[nodiscard]] std::vector<Stay> stays(std::string_view room, Instant now) const;
  [[nodiscard]] bool has_room(std::string_view room) const;
  /// Their names, in no particular order.
  [[nodiscard]] std::vector<std::string> rooms() const;
  /// In the order in which they joined; empty where there is no such room.
  [[nodiscard]] std::vector<Member> members(std::string_view room) const;
  [[nodiscard]] Totals totals() const;
  /// What counts as a connection's address.
  [[nodiscard]] Source source_of(ConnectionId connection) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::hub
