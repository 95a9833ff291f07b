#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/config.hpp"

namespace parley::server {

/// ICE servers as an operator writes them: a URL ("stun:stun.example.org:3478"), several with commas between,
/// an RTCIceServer as JSON ({"urls":…,"username":…,"credential":…}) or an array of those. Nothing where it is
/// none of these.
[[nodiscard]] std::optional<std::vector<hub::IceServer>> parse_ice_servers(const std::string& text);

/// Whether this is the address of a TURN server (RFC 7065).
[[nodiscard]] bool is_turn_uri(std::string_view uri);

}  // namespace parley::server
