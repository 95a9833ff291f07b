#include "net/handed_request.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/header_list.hpp"

namespace parley::net {
namespace {

/// What concerns this connection alone (RFC 9110 section 7.6.1), or was dealt with here.
bool is_hop_by_hop(std::string_view name) {
  constexpr std::array<std::string_view, 8> names{
      "Connection", "Keep-Alive",        "Proxy-Connection", "TE",
      "Trailer",    "Transfer-Encoding", "Content-Length",   "Expect"};
  return std::ranges::any_of(names, [&](std::string_view each) { return same_name(each, name); });
}

}  // namespace

std::string head_for_civetweb(const RequestHead& head) {
  const bool upgrade = !head.field("Upgrade").empty();
  std::string out;
  out.reserve(512);
  out.append(head.method).append(" ").append(head.target).append(" HTTP/1.1\r\n");
  for (const HeaderField& field : head.fields) {
    if (is_hop_by_hop(field.name) && !(upgrade && same_name(field.name, "Connection"))) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  if (!upgrade) out.append("Connection: close\r\n");
  if (head.content_length)
    out.append("Content-Length: ").append(std::to_string(*head.content_length)).append("\r\n");
  return out;
}

bool is_forwarded(const RequestHead& head) {
  constexpr std::array<std::string_view, 6> names{"Forwarded",         "X-Forwarded-For", "X-Forwarded-Host",
                                                  "X-Forwarded-Proto", "X-Real-IP",       "Via"};
  return std::ranges::any_of(head.fields, [&](const HeaderField& field) {
    return std::ranges::any_of(names, [&](std::string_view each) { return same_name(each, field.name); });
  });
}

}  // namespace parley::net
