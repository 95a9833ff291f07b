#include "hub/rights.hpp"

#include <algorithm>

namespace parley::hub {

std::string_view name_of(Right right) {
  return std::ranges::find(rights, right, &decltype(rights)::value_type::second)->first;
}

std::optional<Right> right_of(std::string_view name) {
  const auto* const found = std::ranges::find(rights, name, &decltype(rights)::value_type::first);
  return found == rights.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace parley::hub
