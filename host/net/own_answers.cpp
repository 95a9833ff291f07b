#include "net/own_answers.hpp"

#include <algorithm>
#include <string>

#include "net/authority.hpp"

namespace parley::net {

Answer about_host(bool keep_alive) {
  Answer answer;
  answer.head
      .append("HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, POST, PATCH, DELETE, OPTIONS\r\nConnection: ")
      .append(keep_alive ? "keep-alive" : "close")
      .append("\r\n\r\n");
  answer.keep_alive = keep_alive;
  return answer;
}

Answer redirection(const RequestHead& head, std::uint16_t port) {
  const auto name = without_port(head.field("Host"));
  constexpr std::string_view others = ".-_:[]";
  const bool named = !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
  if (!named || !head.target.starts_with('/'))
    return answer_of({400, "This host speaks HTTPS: ask for it by its name."});
  constexpr std::uint16_t https = 443;
  Answer answer;
  answer.head.append("HTTP/1.1 308 Permanent Redirect\r\nLocation: https://").append(name);
  if (port != https) answer.head.append(":").append(std::to_string(port));
  answer.head.append(head.target).append("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  return answer;
}

}  // namespace parley::net
