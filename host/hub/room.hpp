#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/account.hpp"
#include "hub/connection.hpp"
#include "hub/event.hpp"
#include "hub/expiries.hpp"
#include "hub/refusal.hpp"
#include "hub/replay_log.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

struct Room;

/// What a publisher has said since its last offer, until the media gateway joins.
struct WaitingStream {
  std::vector<command::Signal> signals{};
  std::size_t bytes = 0;
  TimeoutQueue<Session>::Position patience_ends;
};

/// One member's stay in one room. It may outlive its sockets.
struct Session {
  Room* room = nullptr;
  Member member;
  std::string secret{};
  Connection* connection = nullptr;  ///< none while away
  std::string address{};             ///< of its last connection
  std::uint64_t received = 0;        ///< the last of its messages that was handled
  std::uint64_t acknowledged = 0;    ///< the last one that it knows was handled
  ReplayLog log;
  std::uint64_t sent_when_lost = 0;  ///< events after this one cannot have reached it while it is away
  bool doomed = false;               ///< it has missed more than is kept, and is about to leave
  std::optional<TimeoutQueue<Session>::Position> ack_due{};
  std::optional<TimeoutQueue<Session>::Position> relay_renewal{};
  std::shared_ptr<const Pass> pass{};  ///< that it is here by; null where it needs none
  std::optional<Expiries::Position> pass_ends{};
  std::optional<TimeoutQueue<Session>::Position> window_closes{};
  bool said_goodbye = false;  ///< so its window is short
  bool appointed = false;     ///< by a moderator, to moderate
  Claimants claimants{};
  Account* account = nullptr;  ///< that its place counts for; null for the application's
  std::optional<TimeoutQueue<Session>::Position> away_of_account{};
  Instant joined_at{};
  std::string offered_by{};      ///< who offered last: gets an answer that names nobody
  std::string partner{};         ///< who got its last signal for a partner
  bool offered_in_vain = false;  ///< to one that only offers itself, since it last answered
  /// The member whose call with this one has ended. It knows that this one leaves, and is not told again.
  std::string parted_from{};
  std::optional<std::string> pending{};      ///< the address of a publisher whose media does not flow yet
  std::unique_ptr<WaitingStream> waiting{};  ///< for a publisher that has offered, until the gateway joins
};

struct Room {
  std::string name;
  Account* account = nullptr;  ///< that the room counts for; null for the application's
  std::optional<TimeoutQueue<Room>::Position> deserted{};  ///< while all are away
  std::vector<std::unique_ptr<Session>> members{};         ///< in the order in which they joined
  /// The media gateway, while it takes the stream of the publisher here. It is no member: nobody sees, counts
  /// or addresses it, it hears from the publisher alone, and it leaves with it.
  std::unique_ptr<Session> gateway{};

  [[nodiscard]] Session* find(std::string_view id) const;
  [[nodiscard]] Session* find_by_secret(std::string_view secret) const;
  [[nodiscard]] Session* find_by_incarnation(std::string_view incarnation) const;
  /// Whether a message that names this room, or none, is meant for here.
  [[nodiscard]] Done check_meant(std::string_view named) const;
  /// The member that only offers. Its id is the room's name, so there is one at most.
  [[nodiscard]] Session* publisher() const;
};

}  // namespace parley::hub
