#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "hub/name_patterns.hpp"
#include "hub/rights.hpp"

namespace parley::auth {

using hub::NamePatterns;
using hub::Right;
using hub::Rights;

/// What a token says of whoever holds it.
struct Claims {
  using Time = std::chrono::sys_seconds;

  std::string identity{};  ///< `sub`: who this is, for ever; empty where it is nobody's own
  std::string name{};      ///< to be shown
  NamePatterns rooms = NamePatterns::any();
  NamePatterns sims = NamePatterns::any();  ///< numbers to publish under
  /// Without the claim `may`: what an ordinary member does.
  Rights may{Right::join, Right::watch, Right::call};
  Time begins{};  ///< `nbf`; 0: at once
  Time ends{};    ///< `exp`
  std::string issuer{};
  std::string audience{};
  /// Of an invitation to its one room: good until the room is in a later epoch. Of a sign-in to an account of the host:
  /// which one it is.
  std::optional<std::uint64_t> epoch{};

  bool operator==(const Claims&) const = default;
};

}  // namespace parley::auth
