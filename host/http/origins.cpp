#include "http/origins.hpp"

#include <algorithm>

#include "base/header_list.hpp"
#include "net/authority.hpp"
#include "net/loopback.hpp"

namespace parley::http {
namespace {

/// RFC 9110 section 5.6.2, and what stands between two in a list.
bool is_list_of_tokens(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~, \t";
  return std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

/// What an origin has behind its scheme; empty where it has none, as `null`.
std::string_view authority_of(std::string_view origin) {
  const auto colon = origin.find("://");
  return colon == std::string_view::npos ? std::string_view() : origin.substr(colon + 3);
}

/// What browsers write, and no shell takes for anything else.
bool is_plain(std::string_view origin) {
  constexpr std::string_view others = "+-.:/[]";
  return !authority_of(origin).empty() && std::ranges::all_of(origin, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool Origins::allow(std::string_view origin, std::string_view host, std::string_view fetch_site) const {
  // A picture's request has no origin, wherever its page is.
  if (origin.empty()) return fetch_site != "cross-site" || allows_all();
  const auto authority = authority_of(origin);
  const auto name = net::without_port(authority);
  // Names are compared without regard to case (RFC 3986 section 3.2.2); others than ASCII come in Punycode.
  const bool own = (origin.starts_with("http://") || origin.starts_with("https://")) && !name.empty() &&
                   same_name(name, net::without_port(host));
  if (own || net::names_loopback(authority)) return true;
  return std::ranges::any_of(
      others_, [&](const std::string& other) { return other == "*" || same_name(other, origin); });
}

bool Origins::allows_all() const {
  return std::ranges::find(others_, "*") != others_.end();
}

bool is_origin(std::string_view text) {
  if (text == "*" || text == "null") return true;
  const auto authority = authority_of(text);
  return is_plain(text) && !text.starts_with(':') && authority.find('/') == std::string_view::npos;
}

std::string refusal_of(std::string_view origin) {
  if (origin.empty())
    return "This host takes nothing from pages of other sites that do not say who they are.";
  if (!is_plain(origin))
    return "This host takes nothing from a page without an origin, such as one that was opened from a file: "
           "serve it from http://localhost or another web server.";
  constexpr std::size_t longest = 300;  // longer ones are made up: a name has 253 letters at most
  const std::string name(origin.substr(0, longest));
  return "This host takes nothing from pages of " + name + ": start it with --allow-origin " + name +
         " if it is to. If that is the host's own address, have the proxy before it pass on the Host header.";
}

void let_page_read(HttpResponse& response, std::string_view origin) {
  if (origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Vary", "Origin");
}

void let_page_send(HttpResponse& response, std::string_view methods, std::string_view requested_headers) {
  const bool usual = requested_headers.empty() || !is_list_of_tokens(requested_headers);
  response.headers.emplace_back("Access-Control-Allow-Methods", std::string(methods));
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                std::string(usual ? "Content-Type" : requested_headers));
}

}  // namespace parley::http
