#pragma once

#include <string_view>

namespace parley {
inline namespace base {

/// Whether this is well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above
/// U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace base
}  // namespace parley
