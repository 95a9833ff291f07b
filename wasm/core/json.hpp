#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "limits.hpp"

/// Reading JSON that somebody else wrote: every look-up says what it found, nothing throws. For the codecs
/// only.
namespace parley {

using Json = nlohmann::ordered_json;

/// Whether brackets nest deeper than is safe to write recursively.
[[nodiscard]] inline bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limits.json_depth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

/// The object that this text is, if it is one.
[[nodiscard]] inline std::optional<Json> parse_object(std::string_view text) {
  if (text.size() > limits.message_bytes || too_deep(text)) return std::nullopt;
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

[[nodiscard]] inline const Json* find(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

[[nodiscard]] inline const Json* find_object(const Json& object, const char* name) {
  const Json* found = find(object, name);
  return found != nullptr && found->is_object() ? found : nullptr;
}

[[nodiscard]] inline std::optional<std::string> find_string(const Json& object, const char* name) {
  const Json* found = find(object, name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> find_number(const Json& object, const char* name) {
  const Json* found = find(object, name);
  if (found == nullptr || !found->is_number_unsigned()) return std::nullopt;
  const auto value = found->get<std::uint64_t>();
  if (!std::in_range<Number>(value)) return std::nullopt;
  return static_cast<Number>(value);
}

[[nodiscard]] inline bool find_true(const Json& object, const char* name) {
  const Json* found = find(object, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

/// One line; what is not UTF-8 is replaced, since nlohmann would throw.
[[nodiscard]] inline std::string write(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace parley
