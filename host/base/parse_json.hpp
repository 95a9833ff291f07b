#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace parley {
inline namespace base {

/// A JSON text of a stranger. Discarded where it is none, or is deeper than this: copying it, or writing it again, takes
/// some of the stack for each level.
template <class Json = nlohmann::json>
[[nodiscard]] Json parse_json(std::string_view text) {
  constexpr int most_levels = 64;
  bool too_deep = false;
  const auto keep = [&](int depth, typename Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > most_levels;
    return !too_deep;
  };
  Json json = Json::parse(text, keep, false);
  return too_deep ? Json(Json::value_t::discarded) : json;
}

}  // namespace base
}  // namespace parley
