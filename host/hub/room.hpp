#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/account.hpp"
#include "hub/byte_share.hpp"
#include "hub/event.hpp"
#include "hub/hub.hpp"
#include "hub/replay_log.hpp"
#include "hub/timeout_queue.hpp"
#include "hub/token_bucket.hpp"

namespace parley::hub {

struct Connection;
struct Room;
struct Session;
struct User;

/// A connection that waits for whether the holder of the id or name that it wants is still there.
struct Claim {
  Session* session = nullptr;  ///< the holder, one of these
  User* user = nullptr;
  Instant until{};              ///< without a sign of life by then, the holder is gone
  bool proven = false;          ///< it has shown the holder's secret
  bool lost = false;            ///< the holder has shown a sign of life
  std::vector<Message> held{};  ///< what it has said: first what claims, then what came after that
  ByteShare bytes{};            ///< of those
};
/// In the order in which they came.
using Claimants = std::vector<Connection*>;

/// One socket, from when it opens to when it is gone.
struct Connection {
  ConnectionId id = 0;
  Dialect dialect = Dialect::parley;
  Role role = Role::client;
  std::string address{};  ///< the client's; empty where nobody knows it
  Account* account = nullptr;
  TokenBucket bucket;
  TokenBucket registrations;
  std::uint32_t dropped = 0;  ///< messages refused since its bucket was last full
  bool closing = false;       ///< told to close; nothing it still says counts
  Session* session = nullptr;
  User* user = nullptr;
  std::unique_ptr<Claim> claim{};
  bool outlived = false;  ///< while its claim is decided: the holder has shown that it is there
};

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
  [[nodiscard]] bool is_meant(std::string_view named) const { return named.empty() || named == name; }
  /// The member that only offers. Its id is the room's name, so there is one at most.
  [[nodiscard]] Session* publisher() const;
};

}  // namespace parley::hub
