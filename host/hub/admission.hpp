#pragma once

#include "hub/access.hpp"
#include "hub/claims.hpp"
#include "hub/config.hpp"
#include "hub/connections.hpp"
#include "hub/id_generator.hpp"
#include "hub/moderation.hpp"
#include "hub/outgoing.hpp"
#include "hub/refusal.hpp"
#include "hub/rooms.hpp"

namespace parley::hub {

/// Decides who joins a room. A client that was here before resumes or replaces its former self; an id that is
/// taken is claimed; and the limits of the host, of the room and of the client's address hold. Members who
/// are away give their places to somebody who is there.
class Admission {
 public:
  Admission(const Config& config, IdGenerator& ids, Rooms& rooms, Moderation& moderation, Claims& claims,
            Connections& connections, Outgoing& outgoing)
      : limits_(config.limits),
        access_(config),
        ids_(ids),
        rooms_(rooms),
        moderation_(moderation),
        claims_(claims),
        connections_(connections),
        outgoing_(outgoing) {}

  /// Afterwards the connection has a session, or waits for its claim or for a moderator to be decided. `message` is what asks
  /// for it.
  [[nodiscard]] Done join(Connection& connection, const Message& message, command::Join& join);

 private:
  [[nodiscard]] Done try_to_join(Connection& connection, const Message& message, command::Join& join);
  [[nodiscard]] Done check_pass(Connection& connection, const command::Join& join) const;
  [[nodiscard]] Done take_turn(Connection& connection) const;
  [[nodiscard]] bool was_here(const Connection& connection, const command::Join& join,
                              const Session* known) const;
  [[nodiscard]] bool is_somebody_elses(const Connection& connection, const command::Join& join,
                                       const Session* known) const;
  void replace_former_selves(const Connection& connection, command::Join& join, Session* known);
  void remove_squatter(const Connection& publisher, const command::Join& join);
  [[nodiscard]] Session* holder_of(const command::Join& join);
  [[nodiscard]] Done ensure_place(const Connection& connection, const command::Join& join);
  [[nodiscard]] Done ensure_place_in(const Room& room, const Connection& connection);
  [[nodiscard]] Done ensure_room(Account& account);
  [[nodiscard]] bool remove_away(Account& account, const std::size_t& held, std::size_t most);

  const Limits& limits_;
  const Access access_;
  IdGenerator& ids_;
  Rooms& rooms_;
  Moderation& moderation_;
  Claims& claims_;
  Connections& connections_;
  Outgoing& outgoing_;
};

}  // namespace parley::hub
