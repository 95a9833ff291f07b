#include "http/site.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/header_list.hpp"

namespace parley::http {
namespace {

constexpr std::string_view publish_page = "publish.html";
constexpr std::string_view room_page = "room.html";

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

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// A path as whoever wrote it meant it: without slashes at its end, and with each percent sign that begins no
/// escape as an escape of its own.
std::string tidied(std::string_view raw_path) {
  while (raw_path.size() > 1 && raw_path.ends_with('/')) raw_path.remove_suffix(1);
  std::string tidy;
  for (std::size_t i = 0; i < raw_path.size(); ++i) {
    tidy.push_back(raw_path[i]);
    const auto digits = raw_path.substr(i + 1, 2);
    if (raw_path[i] == '%' && (digits.size() < 2 || !is_hex(digits))) tidy += "25";
  }
  return tidy;
}

HttpResponse redirect(int status, std::string path, std::string_view query) {
  if (!query.empty()) path.append("?").append(query);
  auto response = text_response(status, plain_text, "See " + path + '\n');
  response.headers.emplace_back("Location", std::move(path));
  return response;
}

/// Whether this is the parameter `autojoin`, however it is written: pages decode names as the host does.
bool is_autojoin(std::string_view parameter) {
  return percent_decode(parameter.substr(0, parameter.find('='))) == "autojoin";
}

/// What is left of a query; nothing where it has no `autojoin`.
std::optional<std::string> without_autojoin(std::string_view query) {
  std::string rest;
  bool found = false;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto parameter = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (is_autojoin(parameter)) {
      found = true;
    } else {
      rest.append(rest.empty() ? "" : "&").append(parameter);
    }
  }
  return found ? std::optional(std::move(rest)) : std::nullopt;
}

bool wants_page(const HttpRequest& request) {
  std::string_view accept = request.accept;
  while (!accept.empty()) {
    const auto range = take_item(accept, ',');
    if (same_name(trimmed(range.substr(0, range.find(';'))), "text/html")) return true;
  }
  return false;
}

}  // namespace

HttpResponse Site::answer(const HttpRequest& request) {
  std::string tidy = tidied(request.path);
  const auto match = find_route(Door::request, tidy);
  const bool is_page = match && match->route->endpoint == Endpoint::page;
  const auto path = decode_path(is_page ? tidy : request.path);
  if (!path || path->empty() || path->front() != '/')
    return nothing(400, "This address is malformed. The start page is /.\n", request);
  if (!is_page) return file(std::string_view(*path).substr(1), request);
  if (tidy != request.path) return redirect(308, std::move(tidy), request.query);
  return page(match->route->page, request);
}

HttpResponse Site::page(std::string_view name, const HttpRequest& request) {
  const auto lobby = name == room_page ? without_autojoin(request.query) : std::nullopt;
  if (!lobby) return file(name, request);
  constexpr std::string_view depends_on = "Sec-Fetch-Site";
  if (request.fetch_site == "cross-site") {
    auto response = redirect(303, std::string(request.path), *lobby);
    response.headers.emplace_back("Vary", std::string(depends_on));
    return response;
  }
  auto response = file(name, request);
  for (auto& [header, value] : response.headers) {
    if (header == "Vary") value.append(", ").append(depends_on);
  }
  // The page asks document.referrer where the browser does not say from where it comes; and a page can read
  // no other header of its own.
  if (!request.fetch_site.empty()) response.headers.emplace_back("Server-Timing", "fetch-site");
  return response;
}

HttpResponse Site::file(std::string_view path, const HttpRequest& request) {
  auto found = is_file_path(path) ? files_.get(path, request) : std::nullopt;
  if (!found)
    return nothing(404, "There is nothing at this address. Rooms are at /r/NAME, the start page is /.\n",
                   request);
  add_security_headers(*found, path);
  return *std::move(found);
}

HttpResponse Site::nothing(int status, std::string_view sentence, const HttpRequest& request) {
  constexpr std::string_view path = "not-found.html";
  HttpRequest plain = request;
  plain.if_none_match = {};
  auto shown = wants_page(request) ? files_.get(path, plain) : std::nullopt;
  const bool is_page = shown.has_value();
  HttpResponse response =
      is_page ? *std::move(shown) : text_response(status, plain_text, std::string(sentence));
  response.status = status;
  for (auto& [header, value] : response.headers) {
    if (header == "Cache-Control") value = "no-store";
  }
  std::erase_if(response.headers, [](const auto& header) { return header.first == "ETag"; });
  response.headers.emplace_back("Vary", "Accept");
  add_security_headers(response, is_page ? path : std::string_view{});
  return response;
}

}  // namespace parley::http
