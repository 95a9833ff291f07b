#include "server/civetweb_request.hpp"

#include <algorithm>
#include <array>

#include "server/header_list.hpp"
#include "server/loopback.hpp"

namespace parley::server::civetweb_request {
namespace {

bool is_forwarded(const mg_connection* connection) {
  for (const char* name :
       {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"})
    if (mg_get_header(connection, name) != nullptr) return true;
  return false;
}

}  // namespace

std::string_view header(const mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::string_view client_address(const mg_connection* connection) {
  const std::string_view address = mg_get_request_info(connection)->remote_addr;
  if (!is_loopback(address)) return address;
  // A proxy appends the address that it sees; what is before that is whatever the client has sent.
  const auto forwarded = header(connection, "X-Forwarded-For");
  if (!forwarded.empty()) return trimmed(forwarded.substr(forwarded.rfind(',') + 1));
  const auto real = header(connection, "X-Real-IP");
  return real.empty() ? address : trimmed(real);
}

std::string_view query_of(const mg_request_info* info) {
  return info->query_string == nullptr ? std::string_view{} : std::string_view(info->query_string);
}

std::string body_of(mg_connection* connection) {
  constexpr long long most = 256LL * 1024;
  const long long length = mg_get_request_info(connection)->content_length;
  if (length <= 0 || length > most) return {};
  // Civetweb leaves that to its callbacks. Nothing has been read yet, so the client may still wait for it.
  if (same_name(header(connection, "Expect"), "100-continue")) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    if (mg_write(connection, go_on.data(), go_on.size()) != static_cast<int>(go_on.size())) return {};
  }
  std::string body(static_cast<std::size_t>(length), '\0');
  std::size_t have = 0;
  while (have < body.size()) {
    const int read = mg_read(connection, body.data() + have, body.size() - have);
    if (read <= 0) return {};
    have += static_cast<std::size_t>(read);
  }
  return body;
}

bool is_chunked(const mg_connection* connection) {
  return same_name(header(connection, "Transfer-Encoding"), "chunked");
}

std::string chunked_body_of(mg_connection* connection, std::size_t most) {
  std::string body;
  std::array<char, 4096> part{};
  while (body.size() < most) {
    const int read = mg_read(connection, part.data(), std::min(part.size(), most - body.size()));
    if (read <= 0) break;
    body.append(part.data(), static_cast<std::size_t>(read));
  }
  return body;
}

bool has_unread_body(const mg_connection* connection, std::size_t read) {
  const long long length = mg_get_request_info(connection)->content_length;
  if (length < 0) return !header(connection, "Transfer-Encoding").empty();
  return static_cast<std::size_t>(length) > read;
}

HttpRequest request_of(const mg_connection* connection, std::string_view body) {
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
          .is_preflight = !header(connection, "Access-Control-Request-Method").empty(),
          .content_type = header(connection, "Content-Type"),
          .content_length = info->content_length < 0
                                ? std::nullopt
                                : std::optional(static_cast<std::uint64_t>(info->content_length)),
          .body = body,
          .client = client_address(connection),
          .remote_address = info->remote_addr,
          .is_forwarded = is_forwarded(connection)};
}

bool wants_keep_alive(const mg_connection* connection) {
  const auto wish = header(connection, "Connection");
  if (!wish.empty()) return same_name(wish, "keep-alive");
  return std::string_view(mg_get_request_info(connection)->http_version) == "1.1";
}

int refuse_without_memory(mg_connection* connection) {
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 45\r\n"
      "Retry-After: 2\r\nConnection: close\r\n\r\nThis host is out of memory. Try again later.\n";
  mg_write(connection, answer.data(), answer.size());
  worker_socket::stop_reading();
  return 503;
}

bool send(mg_connection* connection, const HttpResponse& response, bool head_only, bool keep_alive) {
  const std::string bytes = serialize(response, head_only, keep_alive);
  return mg_write(connection, bytes.data(), bytes.size()) == static_cast<int>(bytes.size());
}

}  // namespace parley::server::civetweb_request
