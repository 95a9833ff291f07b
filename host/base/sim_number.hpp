#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley {
inline namespace base {

// How long the number of a SIM is; a telephone number with its country (ITU-T E.164) has up to 15 digits, the
// number printed on the card (ITU-T E.118) up to 19 or 20.
inline constexpr std::size_t min_sim_digits = 5;
inline constexpr std::size_t max_sim_digits = 20;

[[nodiscard]] inline bool is_sim_number(std::string_view text) {
  return text.size() >= min_sim_digits && text.size() <= max_sim_digits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace base
}  // namespace parley
