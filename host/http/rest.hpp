#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/exchange.hpp"
#include "http/http.hpp"
#include "hub/config.hpp"

namespace parley::http {

/// Where these may not be listed: rooms have no other secret than their names, so it is for programs on this machine.
[[nodiscard]] HttpResponse rooms_are_not_for_all();

/// Every room that a client of the dialect fastapi is in, and who is in it.
[[nodiscard]] HttpResponse rooms_of_fastapi(exchange::Exchange& exchange);

/// Who is in a room, named as it came; nothing where that name is malformed.
[[nodiscard]] std::optional<HttpResponse> peers_of_fastapi(std::string_view room,
                                                           exchange::Exchange& exchange);

/// ICE servers for a client that has none of parley.v1's, as an RTCConfiguration has them. Not to be kept: their
/// credentials end.
[[nodiscard]] HttpResponse ice_servers(const std::vector<hub::IceServer>& servers);

}  // namespace parley::http
