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
#include "hub/refusal.hpp"
#include "hub/replay_log.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

struct Room;

/// What a publisher has said since its last offer, while the media gateway has not come to hear it.
struct WaitingStream {
  std::vector<command::Signal> signals{};
  std::size_t bytes = 0;
  TimeoutQueue<Session>::Position patience_ends;
};

/// One member's stay in one room, which may outlive its sockets.
struct Session {
  Room* room = nullptr;
  Member member;
  std::string secret{};
  Connection* connection = nullptr;  ///< none while away
  std::string address{};             ///< of its last connection
  std::uint64_t received = 0;        ///< the last message of its that was handled
  std::uint64_t acknowledged = 0;    ///< the last one that it was told of
  ReplayLog log;
  std::uint64_t sent_when_lost = 0;  ///< events after this one cannot have reached it while it is away
  bool doomed = false;               ///< missed more than is kept, so it is about to leave
  std::optional<TimeoutQueue<Session>::Position> ack_due{};
  std::optional<TimeoutQueue<Session>::Position> window_closes{};
  bool said_goodbye = false;  ///< so that the window is short
  Claimants claimants{};
  Account* account = nullptr;  ///< whose place it is; none of the application's
  std::optional<TimeoutQueue<Session>::Position> away_of_account{};
  Instant joined_at{};
  std::string offered_by{};      ///< whose offer came last: an answer without an address is for that one
  std::string partner{};         ///< who its last signal for a partner went to
  bool offered_in_vain = false;  ///< since it last answered, to one that only offers itself
  /// Who was told already that this one has left, since a call of theirs has ended; they hear it once.
  std::string parted_from{};
  std::optional<std::string> pending{};  ///< of a publisher whose stream does not flow yet: its address
  std::unique_ptr<WaitingStream>
      waiting{};  ///< of a publisher that has offered, and the gateway is not there
};

struct Room {
  std::string name;
  Account* account = nullptr;                              ///< whose room it is; none of the application's
  std::optional<TimeoutQueue<Room>::Position> deserted{};  ///< where all are away
  std::vector<std::unique_ptr<Session>> members{};         ///< in the order in which they joined
  /// The media gateway, where it takes the stream of the publisher here. It is no member: nobody sees, counts
  /// or addresses it, and it hears of nobody but the publisher, with whom it comes and goes.
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
