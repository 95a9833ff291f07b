#include "hub/name_patterns.hpp"

#include <algorithm>

namespace parley::hub {
namespace {

constexpr char star = '*';
constexpr char escape = '\\';

/// The pattern's next character, and whether it stands for itself alone.
struct Next {
  char character = 0;
  bool literal = true;
  std::size_t length = 0;  ///< in the pattern; 0 at its end
};

Next next_of(std::string_view pattern) {
  if (pattern.empty()) return {};
  const bool escaped =
      pattern.size() > 1 && pattern[0] == escape && (pattern[1] == star || pattern[1] == escape);
  if (escaped) return {.character = pattern[1], .literal = true, .length = 2};
  return {.character = pattern[0], .literal = pattern[0] != star, .length = 1};
}

/// Each star takes as little as it can, and a little more where that was not enough.
bool matches(std::string_view pattern, std::string_view name) {
  std::string_view after_star;
  bool had_star = false;
  std::string_view after_taken;
  while (!name.empty()) {
    const Next next = next_of(pattern);
    if (next.length > 0 && !next.literal) {
      pattern.remove_prefix(next.length);
      had_star = true;
      after_star = pattern;
      after_taken = name;
    } else if (next.length > 0 && next.character == name.front()) {
      pattern.remove_prefix(next.length);
      name.remove_prefix(1);
    } else if (had_star) {
      pattern = after_star;
      after_taken.remove_prefix(1);
      name = after_taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of(star) == std::string_view::npos;
}

}  // namespace

NamePatterns NamePatterns::exactly(std::string_view name) {
  std::string pattern;
  for (const char c : name) {
    if (c == star || c == escape) pattern += escape;
    pattern += c;
  }
  return NamePatterns({std::move(pattern)});
}

bool NamePatterns::match(std::string_view name) const {
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) { return matches(pattern, name); });
}

}  // namespace parley::hub
