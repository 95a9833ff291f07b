#include "auth/claims.hpp"

#include <algorithm>

namespace parley::auth {
namespace {

/// Each star takes as little as it can, and a little more where that was not enough.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t in_pattern = 0;
  std::size_t in_name = 0;
  std::size_t last_star = std::string_view::npos;
  std::size_t taken_up_to = 0;
  while (in_name < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      last_star = in_pattern++;
      taken_up_to = in_name;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == name[in_name]) {
      ++in_pattern;
      ++in_name;
    } else if (last_star != std::string_view::npos) {
      in_pattern = last_star + 1;
      in_name = ++taken_up_to;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace

std::string_view name_of(Right right) {
  return std::ranges::find(rights, right, &decltype(rights)::value_type::second)->first;
}

std::optional<Right> right_of(std::string_view name) {
  const auto* const found = std::ranges::find(rights, name, &decltype(rights)::value_type::first);
  return found == rights.end() ? std::nullopt : std::optional(found->second);
}

bool NamePatterns::match(std::string_view name) const {
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) { return matches(pattern, name); });
}

}  // namespace parley::auth
