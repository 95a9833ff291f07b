#pragma once

#include <optional>

#include "server/exchange.hpp"
#include "server/http.hpp"

namespace parley::server {

/// What protocols that have HTTP beside their WebSocket answer there:
///
///     GET /webrtc/rooms                   fastapi: every room that one of its clients is in, and who is in
///     it GET /webrtc/rooms/{room}/peers      fastapi: who is in one /api/v1/… serverpod's room manager; GET
///     /api/v1/openapi.json describes it
///
/// Nothing where the address is none of these. The room manager answers loopback only: until there are
/// tokens, who is on this machine is who may keep its rooms.
[[nodiscard]] std::optional<HttpResponse> answer_rest(const HttpRequest& request, Exchange& exchange);

}  // namespace parley::server
