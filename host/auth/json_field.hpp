#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace parley::auth {

/// A text in a JSON object; empty where it has none of that name.
[[nodiscard]] inline std::string text_of(const nlohmann::json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace parley::auth
