#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace parley::command {

/// The longest that is understood: some ten years.
inline constexpr std::chrono::seconds longest_duration = std::chrono::days(3'650);

/// What people write for a time span, as in 90s, 15m, 1h and 7d: from a second to the longest.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace parley::command
