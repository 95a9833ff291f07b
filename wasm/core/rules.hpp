#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "time.hpp"

namespace parley {

/// Whom something in a room is for.
enum class Whom { everybody, moderators };

/// What whoever moderates the room has decided about it.
struct RoomRules {
  bool is_private = false;        ///< it takes a token for this room, where the host looks at any
  bool locked = false;            ///< nobody else comes in, moderators apart
  bool waiting_room = false;      ///< who comes waits until a moderator admits them
  Whom share = Whom::everybody;   ///< who may show a screen
  Whom chat = Whom::everybody;    ///< who may write
  std::uint32_t members = 0;      ///< at most so many; 0: as many as the host lets in
  std::optional<Instant> ends{};  ///< when everybody has to leave

  bool operator==(const RoomRules&) const = default;
};

/// What is to be otherwise.
struct RuleChange {
  std::optional<bool> is_private{};
  std::optional<bool> locked{};
  std::optional<bool> waiting_room{};
  std::optional<Whom> share{};
  std::optional<Whom> chat{};
  std::optional<std::uint32_t> members{};         ///< 0: no limit but the host's
  std::optional<std::chrono::seconds> ends_in{};  ///< 0: never

  bool operator==(const RuleChange&) const = default;
};

/// What one who moderates sees outside the room.
struct Lobby {
  struct Guest {
    std::string id;  ///< names it while it waits, or is kept out
    std::string name;
    std::string identity;  ///< as PeerInfo's
    std::string dialect;   ///< of one who waits

    bool operator==(const Guest&) const = default;
  };
  std::vector<Guest> waiting;
  std::vector<Guest> removed;  ///< who may not come back

  bool operator==(const Lobby&) const = default;
};

/// What one who moderates wants done.
struct Moderation {
  enum class Action { admit, refuse, remove, allow, ask, appoint, resign, rules, end };

  Action action = Action::admit;
  /// A member's, or a guest's in the lobby; without one, all who wait are admitted or refused.
  std::optional<std::string> id{};
  std::optional<std::string> what{};  ///< to ask: to close the microphone, the camera or the screen
  RuleChange rules{};

  bool operator==(const Moderation&) const = default;
};

}  // namespace parley
