#include "base/json_object.hpp"

#include <algorithm>
#include <charconv>

namespace parley {
inline namespace base {

std::optional<std::uint64_t> JsonField::number() const {
  std::uint64_t number = 0;
  const char* end = raw.data() + raw.size();
  const auto [stopped, error] = std::from_chars(raw.data(), end, number);
  const bool whole = kind == JsonKind::number && error == std::errc() && stopped == end;
  return whole ? std::optional(number) : std::nullopt;
}

bool JsonObject::read(std::string_view text) {
  JsonScanner in(text);
  const auto each = [this](std::string_view name, std::string_view value) { keep(name, value); };
  return in.object(max_depth, each) && in.end();
}

void JsonObject::keep(std::string_view name, std::string_view value) {
  const char* const name_begin = name.data() - 1;
  std::string unescaped;
  if (name.find('\\') != std::string_view::npos) name = unescaped = unescape(name);
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end()) return;
  const auto index = static_cast<std::size_t>(found - names_.begin());
  repeated_[index] = kinds_[index] != JsonKind::absent;
  kinds_[index] = json_kind(value.front());
  values_[index] = {.name = name_begin, .begin = value.data(), .end = value.data() + value.size()};
}

}  // namespace base
}  // namespace parley
