#pragma once

#include <string_view>

namespace parley::net {

/// The reason phrase of a status that the host answers; empty for others.
[[nodiscard]] std::string_view phrase_of(int status);

}  // namespace parley::net
