#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/access.hpp"
#include "hub/config.hpp"
#include "hub/connections.hpp"
#include "hub/id_generator.hpp"
#include "hub/outgoing.hpp"
#include "hub/refusal.hpp"
#include "hub/room_books.hpp"
#include "hub/rooms.hpp"

namespace parley::hub {

/// What moderators decide: who comes into a room, who stays, and what holds there. Who is let in after waiting is for
/// the hub to handle again: it takes `next_admitted`, and the messages that were held.
class Moderation {
 public:
  Moderation(const Config& config, IdGenerator& ids, RoomBooks& books, Rooms& rooms, Connections& connections,
             Outgoing& outgoing)
      : config_(config),
        access_(config),
        ids_(ids),
        books_(books),
        rooms_(rooms),
        connections_(connections),
        outgoing_(outgoing) {}

  enum class Entry : std::uint8_t { open, waits };

  /// Whether a client comes in. One that waits does so from now on, and `message` is what it waits with. `was_here`: it
  /// is a member that comes back.
  [[nodiscard]] Result<Entry, Refusal> check(Connection& connection, const Message& message,
                                             const command::Join& join, bool was_here);
  /// Whether whoever has shown this may moderate that room.
  [[nodiscard]] bool may_moderate(const Connection& connection, std::string_view room) const;
  /// This one has come in, is back, or has shown another token: it moderates or not, and a moderator is told who waits.
  void greet(Session& session);

  /// What a moderator wants; or, without one, the application.
  [[nodiscard]] Done act(Session* by, const std::string& room, command::Moderate& wish);
  [[nodiscard]] event::Lobby lobby(std::string_view room) const;
  [[nodiscard]] RoomRules rules_of(std::string_view room) const { return books_.rules_of(room); }
  [[nodiscard]] bool is_kept(std::string_view room) const {
    const RoomBook* const book = books_.find(room);
    return book != nullptr && book->kept;
  }
  [[nodiscard]] std::vector<std::string> kept() const { return books_.kept(); }
  /// A room that is there from now on, whoever is in it, until it is ended.
  [[nodiscard]] Done keep(const std::string& room, const RuleChange& rules);
  /// Everybody leaves, nobody waits, and the rules are the usual ones.
  void end(const std::string& room);

  /// What one who waits says meanwhile is handled once it is in.
  [[nodiscard]] Done hold(Connection& guest, Message& message);
  /// It waits no more.
  void withdraw(Connection& guest);
  [[nodiscard]] std::optional<ConnectionId> next_admitted();

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire();

 private:
  [[nodiscard]] Done wait(Connection& connection, const Message& message, const command::Join& join);
  /// Whether there is room for a book of this one.
  [[nodiscard]] Done may_open(std::string_view room);
  [[nodiscard]] Done change(const std::string& room, const RuleChange& change);
  [[nodiscard]] Done decide(const std::string& room, const std::string& id, bool admits);
  [[nodiscard]] Done remove(const Session* by, const std::string& room, const std::string& id);
  [[nodiscard]] Done allow(const std::string& room, const std::string& id);
  [[nodiscard]] Done ask(const Session* by, const std::string& room, const command::Moderate& wish);
  [[nodiscard]] Done appoint(const std::string& room, const std::string& id, bool moderates);
  void admit(Connection& guest);
  void turn_away(Connection& guest, ErrorCode code, std::string_view sentence);
  void put_out_all(const Session* by, const std::string& room, std::string_view identity);
  void put_out(Session& session, ErrorCode code, std::string_view sentence, LeaveReason reason);
  void set_role(Session& session, bool moderates);
  void tell_lobby(const Session& moderator);
  void tell_moderators(std::string_view room);
  void tell_all_moderators(std::string_view room);
  void review(RoomBook& book);

  const Config& config_;
  const Access access_;
  IdGenerator& ids_;
  RoomBooks& books_;
  Rooms& rooms_;
  Connections& connections_;
  Outgoing& outgoing_;
  std::deque<ConnectionId> admitted_;  ///< and not handled again yet
};

}  // namespace parley::hub
