#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "hub/config.hpp"

namespace parley::dialects {

/// A list of RTCIceServer (WebRTC, section 4.2.3), as parley.v1 and the REST API have it.
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<hub::IceServer>& servers);

}  // namespace parley::dialects
