#pragma once

#include <string_view>

#include "hub/command.hpp"

namespace parley::dialects {

/// The RTCIceCandidateInit, a JSON object, as every browser takes it: one that names no m-line (some
/// documents have the candidate's text alone) is for the first, which has the transport where media is
/// bundled.
[[nodiscard]] PooledString on_a_line(std::string_view candidate);

}  // namespace parley::dialects
