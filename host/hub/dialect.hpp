#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::hub {

/// The wire protocol that a connection speaks.
enum class Dialect : std::uint8_t { parley };

inline constexpr std::size_t dialect_count = 1;

/// The name under which rosters show it.
[[nodiscard]] constexpr std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::parley:
      return "parley";
  }
  return "";
}

}  // namespace parley::hub
