#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hub/config.hpp"

namespace parley::dialects {

/// An RTCIceServer (WebRTC, section 4.2.3), as `joined` and the REST API have it.
[[nodiscard]] nlohmann::ordered_json json_of(const hub::IceServer& server);

}  // namespace parley::dialects
