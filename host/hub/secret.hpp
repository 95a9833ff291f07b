#pragma once

#include <string_view>

namespace parley::hub {

/// Whether somebody knows the secret; nobody knows an empty one. In a time that depends on the length alone,
/// so that nobody finds it out byte by byte.
[[nodiscard]] bool same_secret(std::string_view one, std::string_view other);

}  // namespace parley::hub
