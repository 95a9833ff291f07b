#include "server/site.hpp"

#include <optional>
#include <utility>

#include "server/header_list.hpp"

namespace parley::server {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

// No eval and nothing inline; WebAssembly may compile. Any WebSocket host, because a page may be told to use
// another than the one that served it. Other sites embed the module, whose files are open to all below, and
// not the page: it asks for the camera, so it must not be dressed up in somebody else's frame.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

void add_security_headers(HttpResponse& response, bool is_page) {
  auto& headers = response.headers;
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  // A room's address is its key: it must not leak to where a link leads.
  headers.emplace_back("Referrer-Policy", "no-referrer");
  if (is_page) {
    headers.emplace_back("Content-Security-Policy", content_security_policy);
    headers.emplace_back("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)");
    headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  } else {
    // Other sites load the module, its wasm and its styles from here.
    headers.emplace_back("Access-Control-Allow-Origin", "*");
    headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  }
}

/// The page that stands for a path which is not a file's, if one does.
std::optional<std::string_view> page_at(std::string_view raw_path) {
  // The fastapi document's client is a page; ours is its page.
  if (raw_path == "/" || raw_path == "/webrtc/client") return "index.html";
  if (raw_path == "/people") return "people.html";
  constexpr std::string_view room = "/r/";
  if (raw_path.starts_with(room) && raw_path.size() > room.size() &&
      raw_path.find('/', room.size()) == std::string_view::npos)
    return "room.html";
  return std::nullopt;
}

/// Names only: no empty, hidden, `.` or `..` segment, no backslash.
bool is_file_path(std::string_view path) {
  if (path.empty() || path.find('\\') != std::string_view::npos) return false;
  for (std::string_view rest = path;;) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    if (segment.empty() || segment.front() == '.') return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace

HttpResponse Site::answer(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = text_response(405, plain_text, "Only GET and HEAD work here.\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  if (request.path == "/healthz") return text_response(200, "application/json", health_());

  const auto path = decode_path(request.path);
  if (!path || path->empty() || path->front() != '/')
    return text_response(400, plain_text, "This address is malformed. The start page is /.\n");
  if (const auto page = page_at(request.path)) return file(*page, request);
  return file(std::string_view(*path).substr(1), request);
}

HttpResponse Site::file(std::string_view path, const HttpRequest& request) {
  auto found = is_file_path(path) ? files_.get(path, request) : std::nullopt;
  HttpResponse response =
      found ? std::move(*found)
            : text_response(404, plain_text,
                            "There is nothing at this address. Rooms are at /r/NAME, the start page is /.\n");
  add_security_headers(response, path.ends_with(".html"));
  return response;
}

}  // namespace parley::server
