#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access.hpp"
#include "hub/account.hpp"
#include "hub/admission.hpp"
#include "hub/claims.hpp"
#include "hub/connections.hpp"
#include "hub/directory.hpp"
#include "hub/expiries.hpp"
#include "hub/hub.hpp"
#include "hub/id_generator.hpp"
#include "hub/moderation.hpp"
#include "hub/outgoing.hpp"
#include "hub/relay.hpp"
#include "hub/room_books.hpp"
#include "hub/room_manager.hpp"
#include "hub/rooms.hpp"
#include "hub/streams.hpp"

namespace parley::hub {

/// What the hub is made of. It hands each command to the part that it is for, tells the client what that
/// refuses, and acts on what concerns several parts. Each part knows only those above it.
class Hub::Impl {
 public:
  explicit Impl(Config config);

  void connected(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
                 const Source& source, Credential credential);
  void handle(ConnectionId from, Message& message, Instant now, Outcome& out);
  void disconnected(ConnectionId id, Instant now, Outcome& out, Parting how);
  void alive(ConnectionId id, Instant now, Outcome& out);
  void expire(Instant now, Outcome& out);
  [[nodiscard]] std::optional<Instant> next_timeout() const;
  [[nodiscard]] std::size_t excess(std::size_t unsent) const;
  void relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out);

  [[nodiscard]] Done admit(command::Join& join, Instant now, Outcome& out);
  /// Anything else that an application asks for: `act` with the RoomManager.
  template <class Act>
  [[nodiscard]] auto manage(Outcome& out, Act&& act) {
    outgoing_.begin_turn(out);
    auto done = act(manager_);
    rooms_.remove_doomed();
    return done;
  }
  [[nodiscard]] Done moderate(const std::string& room, command::Moderate& wish, Instant now, Outcome& out);
  [[nodiscard]] Done keep_room(const std::string& room, const RuleChange& rules, Instant now, Outcome& out);
  [[nodiscard]] bool is_name_of_guest(std::string_view name) { return directory_.is_used_by_others(name); }
  void settle_account(const std::string& name, std::optional<std::uint64_t> sign_in, Instant now,
                      Outcome& out);
  [[nodiscard]] const Moderation& moderation() const { return moderation_; }
  [[nodiscard]] const NameMap<Room>& rooms() const { return rooms_.all(); }
  [[nodiscard]] const Room* find_room(std::string_view name) const;
  [[nodiscard]] Totals totals() const;
  [[nodiscard]] Source source_of(ConnectionId id) const;

 private:
  void take(Connection& connection, Message& message, bool in_time = true);
  [[nodiscard]] Done perform(Connection& connection, Message& message);
  [[nodiscard]] Done perform_for_gateway(Connection& gateway, Message& message);
  [[nodiscard]] Done leave(Connection& connection, const command::Leave& leave);
  [[nodiscard]] Done renew(Connection& connection, const command::Renew& renewal);
  void end_expired();
  void end(const Expiries::Entry& expired);
  void throttle(Connection& connection, const Message& message);
  void refuse(Connection& connection, const Message& message, Refusal why);
  void lose(Session& session, Parting how);
  void evict_overdue();
  void act_on_claims();
  void act_on_admissions();
  void handle_again(Connection& connection, std::vector<Message> held);
  void end_turn();

  Config config_;
  Outgoing outgoing_;
  const Access access_;
  IdGenerator ids_;
  Accounts accounts_;
  Claims claims_;
  Connections connections_;
  Expiries expiries_;
  Streams streams_;
  RoomBooks books_;
  Rooms rooms_;
  Moderation moderation_;
  Admission admission_;
  Directory directory_;
  Relay relay_;
  RoomManager manager_;
};

}  // namespace parley::hub
