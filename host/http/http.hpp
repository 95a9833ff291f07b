#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/answer.hpp"

namespace parley::http {

/// What of an HTTP request the host looks at.
struct HttpRequest {
  std::string_view method;
  std::string_view path;     ///< as it came: not decoded, without the query
  std::string_view query{};  ///< as it came, without the '?'
  std::string_view accept{};
  std::string_view accept_encoding{};
  std::string_view if_none_match{};
  std::string_view if_match{};
  std::string_view range{};
  std::string_view origin{};
  std::string_view fetch_site{};  ///< where a browser was when it asked: Sec-Fetch-Site
  std::string_view host{};
  std::string_view authorization{};
  bool is_preflight = false;  ///< a browser asks on behalf of another origin's page (CORS)
  std::string_view content_type{};
  std::optional<std::uint64_t> content_length{};  ///< nothing where it does not say
  std::string_view body{};                        ///< empty where it is longer than any request here needs
  std::string_view client{};                      ///< whose it is: net::Peer::address
  bool is_forwarded = false;                      ///< for somebody else, by a proxy
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::shared_ptr<const std::string> body;  ///< shared: a cached file is not copied for each request
  std::optional<net::FileSlice> file{};     ///< instead of `body`
};

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";

/// A text, as an answer to a person or a script. Not to be cached.
[[nodiscard]] HttpResponse text_response(int status, std::string_view content_type, std::string text);

/// For the front to send; without the body where the request was HEAD.
[[nodiscard]] net::Answer make_answer(HttpResponse response, bool head_only, std::chrono::seconds keep_alive);

/// What a percent-encoded text stands for (RFC 3986 section 2.1); nothing where it is malformed or not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// The value of a query's first parameter of this name, decoded; empty where there is none, and nothing where it is
/// malformed.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

/// The same of a path, which holds no control character either.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view path);

}  // namespace parley::http
