#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "access_token.hpp"
#include "wire.hpp"

namespace parley {

/// The host has ended the stay of its own accord.
[[nodiscard]] inline bool ends_stay(const wire::Error& error) {
  return error.re.empty() &&
         (error.code == "token-expired" || error.code == "removed" || error.code == "room-ended");
}

/// Who hears this, of a stay or of a join, has no business in the room any more.
[[nodiscard]] inline bool expels(std::string_view code) {
  constexpr std::array<std::string_view, 5> codes{"removed", "room-ended", "room-locked", "no-such-room",
                                                  "not-admitted"};
  return is_about_token(code) || std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace parley
