#pragma once

#include <optional>

#include "exchange/exchange.hpp"
#include "http/http.hpp"

namespace parley::http {

/// What fastapi has beside its WebSocket:
///
///     GET /webrtc/rooms                 every room that one of its clients is in, and who is in it
///     GET /webrtc/rooms/{room}/peers    who is in one
///
/// Nothing where the address is none of these.
[[nodiscard]] std::optional<HttpResponse> answer_rest(const HttpRequest& request,
                                                      exchange::Exchange& exchange);

}  // namespace parley::http
