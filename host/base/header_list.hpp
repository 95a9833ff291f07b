#pragma once

#include <algorithm>
#include <string_view>

namespace parley {
inline namespace base {

/// Without the spaces and tabs around it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Cuts the first item off a list; `text` keeps the rest.
[[nodiscard]] constexpr std::string_view take_item(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto item = trimmed(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return item;
}

/// For names that are ASCII, whatever the case.
[[nodiscard]] inline bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace base
}  // namespace parley
