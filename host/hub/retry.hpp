#pragma once

#include <string>

#include "hub/time.hpp"

namespace parley::hub {

/// "Try again in 3 s.": the end of a refusal that time heals.
[[nodiscard]] std::string try_again_in(Duration wait);

}  // namespace parley::hub
