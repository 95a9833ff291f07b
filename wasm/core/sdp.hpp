#pragma once

#include <set>
#include <string>
#include <string_view>

namespace parley {

/// The ICE user fragments of a description (RFC 8839 section 5.4): they tell its ICE generation.
[[nodiscard]] inline std::set<std::string> ice_ufrags(std::string_view sdp) {
  constexpr std::string_view attribute = "a=ice-ufrag:";
  std::set<std::string> found;
  for (std::size_t start = 0; start < sdp.size();) {
    const std::size_t end = std::min(sdp.find('\n', start), sdp.size());
    std::string_view line = sdp.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(attribute)) found.emplace(line.substr(attribute.size()));
    start = end + 1;
  }
  return found;
}

}  // namespace parley
