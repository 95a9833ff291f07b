#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/http.hpp"

namespace parley::http {

/// Whose pages may use the host: those of its own name, those of `localhost` and loopback addresses, which only
/// programs on the user's own machine serve, and those of origins that are named. Ports do not matter: whoever has one
/// of a name has them all.
class Origins {
 public:
  /// `*` among the others means all there are.
  explicit Origins(std::vector<std::string> others) : others_(std::move(others)) {}

  /// Whether a page of this origin (RFC 6454 section 7) may use what it asks for under the name `host` (RFC 9110
  /// section 7.2). Who sends no origin is no page, or one whose browser says where it is (Fetch Metadata:
  /// Sec-Fetch-Site).
  [[nodiscard]] bool allow(std::string_view origin, std::string_view host,
                           std::string_view fetch_site = {}) const;

 private:
  [[nodiscard]] bool allows_all() const;

  std::vector<std::string> others_;
};

/// Whether this can be named as an origin: as browsers write one, `null`, or `*`.
[[nodiscard]] bool is_origin(std::string_view text);

/// What a page that may not is told, and the log is: a sentence.
[[nodiscard]] std::string refusal_of(std::string_view origin);

/// Lets the page of an allowed origin read a response, also one that it asked for with its credentials: then
/// a browser wants the origin by name, and not `*` (Fetch standard, 3.3.5 "CORS protocol and credentials").
void let_page_read(HttpResponse& response, std::string_view origin);
/// The same of the answer to a preflight: these methods, and whichever headers the page asks for.
void let_page_send(HttpResponse& response, std::string_view methods, std::string_view requested_headers);

}  // namespace parley::http
