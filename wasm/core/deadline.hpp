#pragma once

#include <algorithm>
#include <optional>

#include "time.hpp"

namespace parley {

/// An instant that may not be set; unset is never.
using Deadline = std::optional<Instant>;

[[nodiscard]] inline bool due(const Deadline& deadline, Instant now) {
  return deadline && *deadline <= now;
}

[[nodiscard]] inline Deadline earliest(const Deadline& a, const Deadline& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace parley
