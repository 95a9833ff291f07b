#pragma once

#include <string_view>

#include "exchange/exchange.hpp"
#include "http/http.hpp"

namespace parley::http {

/// The room manager over HTTP.
[[nodiscard]] HttpResponse answer_manager(const HttpRequest& request, exchange::Exchange& exchange);

/// What whoever may not use it is told.
[[nodiscard]] HttpResponse forbidden_to_manage();

/// The OpenAPI 3.1 document of it, a JSON text.
[[nodiscard]] std::string_view manager_openapi();

}  // namespace parley::http
