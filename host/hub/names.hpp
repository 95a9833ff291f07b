#pragma once

#include <cstddef>
#include <string_view>

namespace parley::hub {

/// Whether this may be the id of a room or a peer: 1 to `bytes` bytes without control characters (C0, DEL
/// and, as UTF-8 writes them, C1). That it is UTF-8 the dialect has checked.
[[nodiscard]] bool is_id(std::string_view text, std::size_t bytes);

/// Whether this may be an incarnation: 1 to `bytes` printable ASCII characters.
[[nodiscard]] bool is_incarnation(std::string_view text, std::size_t bytes);

}  // namespace parley::hub
