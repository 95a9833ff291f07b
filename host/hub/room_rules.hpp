#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "hub/time.hpp"

namespace parley::hub {

/// Whom something in a room is for.
enum class Whom : std::uint8_t { everybody, moderators };

/// As the wire spells it.
[[nodiscard]] constexpr std::string_view name_of(Whom whom) {
  return whom == Whom::everybody ? "everybody" : "moderators";
}

/// What whoever moderates a room has decided about it.
struct RoomRules {
  bool is_private = false;        ///< it takes a token for this room, where the host looks at any
  bool locked = false;            ///< nobody else comes in, moderators apart
  bool waiting_room = false;      ///< who comes waits until a moderator admits them
  std::size_t members = 0;        ///< at most so many; 0: as many as the host lets in
  Whom share = Whom::everybody;   ///< who may show a screen; the clients hold each other to it
  Whom chat = Whom::everybody;    ///< who may write; likewise
  std::optional<Instant> ends{};  ///< when everybody is to leave

  bool operator==(const RoomRules&) const = default;
};

/// What is to be otherwise.
struct RuleChange {
  std::optional<bool> is_private{};
  std::optional<bool> locked{};
  std::optional<bool> waiting_room{};
  std::optional<std::size_t> members{};
  std::optional<Whom> share{};
  std::optional<Whom> chat{};
  std::optional<std::chrono::seconds> ends_in{};  ///< 0: never

  [[nodiscard]] RoomRules applied_to(RoomRules rules, Instant now) const {
    rules.is_private = is_private.value_or(rules.is_private);
    rules.locked = locked.value_or(rules.locked);
    rules.waiting_room = waiting_room.value_or(rules.waiting_room);
    rules.members = members.value_or(rules.members);
    rules.share = share.value_or(rules.share);
    rules.chat = chat.value_or(rules.chat);
    if (ends_in)
      rules.ends = *ends_in > std::chrono::seconds(0) ? std::optional(now + *ends_in) : std::nullopt;
    return rules;
  }
};

/// In how many seconds a room ends; 0: never.
[[nodiscard]] inline std::chrono::seconds ends_in(const RoomRules& rules, Instant now) {
  if (!rules.ends) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(
      std::max<Duration>(*rules.ends - now, std::chrono::seconds(1)));
}

}  // namespace parley::hub
