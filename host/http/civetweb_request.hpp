#pragma once

#include <civetweb.h>

#include <string>
#include <string_view>

#include "http/http.hpp"
#include "net/http_exchange.hpp"

/// A request as Civetweb has it.
namespace parley::http {

/// Empty where there is none of this name.
[[nodiscard]] std::string_view header(const mg_connection* connection, const char* name);
[[nodiscard]] std::string_view query_of(const mg_request_info* info);
/// All of it: the front has it, and has checked its length.
[[nodiscard]] std::string body_of(mg_connection* connection);
/// What the host looks at of it; `peer` and `body` outlive that.
[[nodiscard]] HttpRequest request_of(const mg_connection* connection, const net::Peer& peer,
                                     std::string_view body);

}  // namespace parley::http
