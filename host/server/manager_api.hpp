#pragma once

#include <string_view>

#include "server/exchange.hpp"
#include "server/http.hpp"

namespace parley::server {

/// The room manager over HTTP. `path` is what follows /api/v1, as it came.
[[nodiscard]] HttpResponse answer_manager(const HttpRequest& request, std::string_view path,
                                          Exchange& exchange);

/// What whoever may not use it is told.
[[nodiscard]] HttpResponse forbidden_to_manage();

/// The OpenAPI 3.1 document of it, a JSON text.
[[nodiscard]] std::string_view manager_openapi();

}  // namespace parley::server
