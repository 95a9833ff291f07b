#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::hub {

/// The wire protocol that a connection speaks.
enum class Dialect : std::uint8_t { parley, sim, serverpod, socketio, calls, fastapi, whip };

inline constexpr std::size_t dialect_count = 7;

/// The name under which rosters show it.
[[nodiscard]] constexpr std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::parley:
      return "parley";
    case Dialect::sim:
      return "sim";
    case Dialect::serverpod:
      return "serverpod";
    case Dialect::socketio:
      return "socketio";
    case Dialect::calls:
      return "calls";
    case Dialect::fastapi:
      return "fastapi";
    case Dialect::whip:
      return "whip";
  }
  return "";
}

/// Whether its clients number their messages and come back to their session after a lost socket. Of all
/// others a closed socket is a leave.
[[nodiscard]] constexpr bool resumes(Dialect dialect) {
  return dialect == Dialect::parley;
}

/// Whether its clients are told what has changed in the list of users, and ask for more when they have read
/// it. All others are sent the list.
[[nodiscard]] constexpr bool takes_changes(Dialect dialect) {
  return dialect == Dialect::parley;
}

/// Whether its clients are told with each newcomer who else is there.
[[nodiscard]] constexpr bool shows_roster(Dialect dialect) {
  return dialect == Dialect::serverpod;
}

/// Whether its clients offer and never answer: whom they have not offered to, they do not listen to.
[[nodiscard]] constexpr bool only_offers(Dialect dialect) {
  return dialect == Dialect::sim || dialect == Dialect::whip;
}

/// Whether a member offers, by its protocol's own flow, to one who comes after it.
[[nodiscard]] constexpr bool offers_to_newcomers(Dialect dialect) {
  return dialect == Dialect::parley || dialect == Dialect::socketio || only_offers(dialect);
}

/// Whether a member offers, by its protocol's own flow, to those who were there before it.
[[nodiscard]] constexpr bool offers_when_new(Dialect dialect) {
  return dialect == Dialect::serverpod || dialect == Dialect::fastapi || only_offers(dialect);
}

}  // namespace parley::hub
