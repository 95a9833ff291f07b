#pragma once

#include <string>
#include <string_view>

namespace parley {
inline namespace base {

/// What is left of a name for whoever reads it quickly: its letters of ASCII in small, without spaces and what nobody sees.
/// Names that are one then are hard to tell apart. (Letters of other scripts that look alike are not one.)
[[nodiscard]] std::string plain_name(std::string_view name);

}  // namespace base
}  // namespace parley
