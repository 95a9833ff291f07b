#include "server/site.hpp"

#include <optional>
#include <utility>

#include "server/header_list.hpp"

namespace parley::server {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

constexpr std::string_view publish_page = "publish.html";

// No eval and nothing inline; WebAssembly may compile. Any WebSocket host, because a page may be told to use
// another than the one that served it. Other sites embed the module, whose files are open to all below, and
// not the page: it asks for the camera, so it must not be dressed up in somebody else's frame.
constexpr std::string_view common_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'; media-src 'self' blob:";

// A publisher's server has its streams at another port than its WebSockets, so who publishes must be able to
// ask that port and to play what is there. It adds no way out: a WebSocket to anywhere is one already.
std::string content_security_policy(std::string_view page) {
  const bool publishes = page == publish_page;
  return std::string(common_policy) + (publishes ? " http: https:" : "") +
         "; connect-src 'self' ws: wss:" + (publishes ? " http: https:" : "");
}

void add_security_headers(HttpResponse& response, std::string_view path) {
  auto& headers = response.headers;
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  // A room's address is its key: it must not leak to where a link leads.
  headers.emplace_back("Referrer-Policy", "no-referrer");
  if (path.ends_with(".html")) {
    headers.emplace_back("Content-Security-Policy", content_security_policy(path));
    headers.emplace_back("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)");
    headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  } else {
    // Other sites load the module, its wasm and its styles from here.
    headers.emplace_back("Access-Control-Allow-Origin", "*");
    headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  }
}

/// Whether a path is this prefix and one name after it.
bool names_one(std::string_view prefix, std::string_view raw_path) {
  return raw_path.starts_with(prefix) && raw_path.size() > prefix.size() &&
         raw_path.find('/', prefix.size()) == std::string_view::npos;
}

/// The page that stands for a path which is not a file's, if one does.
std::optional<std::string_view> page_at(std::string_view raw_path) {
  // The fastapi document's client is a page; ours is its page.
  if (raw_path == "/" || raw_path == "/webrtc/client") return "index.html";
  if (raw_path == "/people") return "people.html";
  if (names_one("/r/", raw_path)) return "room.html";
  if (names_one("/watch/", raw_path)) return "watch.html";
  if (raw_path == "/publish" || names_one("/publish/", raw_path)) return publish_page;
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
  add_security_headers(response, path);
  return response;
}

}  // namespace parley::server
