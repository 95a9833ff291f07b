#include "command/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace parley::command {
namespace {

using std::chrono::seconds;

constexpr std::array<std::pair<char, seconds>, 4> units{{{'s', seconds(1)},
                                                         {'m', std::chrono::minutes(1)},
                                                         {'h', std::chrono::hours(1)},
                                                         {'d', std::chrono::days(1)}}};

}  // namespace

std::optional<seconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto* const unit = std::ranges::find(units, text.back(), &decltype(units)::value_type::first);
  if (unit == units.end()) return std::nullopt;
  const char* const end = text.data() + text.size() - 1;
  std::uint32_t count = 0;
  const auto [after, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || after != end) return std::nullopt;
  const seconds duration = count * unit->second;
  if (duration < seconds(1) || duration > longest_duration) return std::nullopt;
  return duration;
}

}  // namespace parley::command
