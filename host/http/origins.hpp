#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.hpp"

namespace parley::http {

/// Whether pages of this origin may use the host (--allow-origin). Who sends none is no page; an empty list
/// is any.
[[nodiscard]] inline bool allows_origin(const std::vector<std::string>& allowed, std::string_view origin) {
  return origin.empty() || allowed.empty() || std::ranges::find(allowed, origin) != allowed.end();
}

/// Lets the page of an allowed origin read a response, also one that it asked for with its credentials: then
/// a browser wants the origin by name, and not `*` (Fetch standard, 3.3.5 "CORS protocol and credentials").
void let_page_read(HttpResponse& response, std::string_view origin);
/// The same of the answer to a preflight: these methods, and whichever headers the page asks for.
void let_page_send(HttpResponse& response, std::string_view methods, std::string_view requested_headers);

}  // namespace parley::http
