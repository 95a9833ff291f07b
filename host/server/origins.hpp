#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace parley::server {

/// Whether pages of this origin may use the host (--allow-origin). Who sends none is no page; an empty list
/// is any.
[[nodiscard]] inline bool allows_origin(const std::vector<std::string>& allowed, std::string_view origin) {
  return origin.empty() || allowed.empty() || std::ranges::find(allowed, origin) != allowed.end();
}

}  // namespace parley::server
