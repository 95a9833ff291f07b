#include "http/civetweb_request.hpp"

#include <cstddef>
#include <cstdint>

namespace parley::http {

std::string_view header(const mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::string_view query_of(const mg_request_info* info) {
  return info->query_string == nullptr ? std::string_view{} : std::string_view(info->query_string);
}

std::string body_of(mg_connection* connection) {
  const long long length = mg_get_request_info(connection)->content_length;
  if (length <= 0) return {};
  std::string body(static_cast<std::size_t>(length), '\0');
  std::size_t have = 0;
  while (have < body.size()) {
    const int read = mg_read(connection, body.data() + have, body.size() - have);
    if (read <= 0) return {};
    have += static_cast<std::size_t>(read);
  }
  return body;
}

HttpRequest request_of(const mg_connection* connection, const net::Peer& peer, std::string_view body) {
  const mg_request_info* info = mg_get_request_info(connection);
  return {.method = info->request_method,
          .path = info->local_uri_raw,
          .query = query_of(info),
          .accept = header(connection, "Accept"),
          .accept_encoding = header(connection, "Accept-Encoding"),
          .if_none_match = header(connection, "If-None-Match"),
          .if_match = header(connection, "If-Match"),
          .range = header(connection, "Range"),
          .origin = header(connection, "Origin"),
          .fetch_site = header(connection, "Sec-Fetch-Site"),
          .host = header(connection, "Host"),
          .authorization = header(connection, "Authorization"),
          .is_preflight = !header(connection, "Access-Control-Request-Method").empty(),
          .content_type = header(connection, "Content-Type"),
          .content_length = info->content_length < 0
                                ? std::nullopt
                                : std::optional(static_cast<std::uint64_t>(info->content_length)),
          .body = body,
          .client = peer.address,
          .is_forwarded = peer.forwarded};
}

}  // namespace parley::http
