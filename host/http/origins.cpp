#include "http/origins.hpp"

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

}  // namespace

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
