#pragma once

#include <civetweb.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "server/http.hpp"
#include "server/memory_reserve.hpp"
#include "server/worker_socket.hpp"

/// A request as Civetweb has it, and the answer to it.
namespace parley::server::civetweb_request {

/// Empty where there is none of this name.
[[nodiscard]] std::string_view header(const mg_connection* connection, const char* name);
/// Whose request it is, as a numeric address. Behind a proxy on this machine, the address that the proxy has
/// added (`X-Forwarded-For`, `X-Real-IP`); a proxy that adds none is taken for the client itself.
[[nodiscard]] std::string_view client_address(const mg_connection* connection);
[[nodiscard]] std::string_view query_of(const mg_request_info* info);
/// What a client sends along; what is longer than any request here needs is not read, and empty.
[[nodiscard]] std::string body_of(mg_connection* connection);
/// Whether its body comes in chunks, so that nobody knows its length before its end (RFC 9112 section 7.1).
[[nodiscard]] bool is_chunked(const mg_connection* connection);
/// Such a body, or its first `most` bytes.
[[nodiscard]] std::string chunked_body_of(mg_connection* connection, std::size_t most);
/// Whether the client sends more than the `read` bytes that were read of its body.
[[nodiscard]] bool has_unread_body(const mg_connection* connection, std::size_t read);
/// What the host looks at of it; `body` outlives that.
[[nodiscard]] HttpRequest request_of(const mg_connection* connection, std::string_view body);
/// Says whether the connection took it.
bool send(mg_connection* connection, const HttpResponse& response, bool head_only, bool keep_alive);
[[nodiscard]] bool wants_keep_alive(const mg_connection* connection);

/// Says that there is no memory, which takes none, and ends the connection.
int refuse_without_memory(mg_connection* connection);

/// What `answer()` returns, the status of an answer that it has sent: for where Civetweb, which is C, calls.
template <class Answer>
int answer_or_503(mg_connection* connection, Answer&& answer) noexcept {
  int status = 0;
  if (!memory_reserve::survives([&] { status = answer(); })) status = refuse_without_memory(connection);
  // Whoever needed the reserve does not go on.
  if (memory_reserve::was_needed()) worker_socket::stop_reading();
  return status;
}

}  // namespace parley::server::civetweb_request
