#include "http/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/header_list.hpp"

namespace parley::http {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc() || end != text.end()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<ByteRange> parse_range(std::string_view header, std::size_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!same_name(header.substr(0, unit.size()), unit)) return std::nullopt;
  const auto range = trimmed(header.substr(unit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(range.substr(0, dash));
  const auto last = number(range.substr(dash + 1));

  if (dash == 0 && last) {  // so many at the end
    const std::size_t length = std::min(*last, size);
    return ByteRange{.first = size - length, .length = length};
  }
  const bool open = dash + 1 == range.size();
  if (!first || (!last && !open) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return ByteRange{};
  const std::size_t end = open ? size : std::min(*last, size - 1) + 1;
  return ByteRange{.first = *first, .length = end - *first};
}

}  // namespace parley::http
