#include "server/address.hpp"

#include <civetweb.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "server/descriptor.hpp"

namespace parley::server {
namespace {

using Found = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Found look_up(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  // "localhost" is both; what everybody tries is IPv4.
  for (const int family : {AF_INET, AF_INET6}) {
    hints.ai_family = family;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) == 0) break;
    found = nullptr;
  }
  return {found, ::freeaddrinfo};
}

std::optional<std::string> numeric_host(const std::string& host) {
  const Found found = look_up(host, "0");
  std::array<char, NI_MAXHOST> text{};
  if (!found || ::getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0,
                              NI_NUMERICHOST) != 0)
    return std::nullopt;
  return found->ai_family == AF_INET6 ? '[' + std::string(text.data()) + ']' : std::string(text.data());
}

}  // namespace

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::optional<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const bool port_alone = colon == std::string::npos;
  const std::string_view digits = std::string_view(text).substr(port_alone ? 0 : colon + 1);
  Address address;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;

  std::string host = port_alone ? "127.0.0.1" : without_brackets(text.substr(0, colon));
  if (host.empty() || host == "*") host = "0.0.0.0";
  auto numeric = numeric_host(host);
  if (!numeric) return std::nullopt;
  address.host = std::move(*numeric);
  return address;
}

std::string to_string(const Address& address) {
  return address.host + ':' + std::to_string(address.port);
}

std::optional<std::string> why_unavailable(const Address& address) {
  const Found found = look_up(without_brackets(address.host), std::to_string(address.port));
  if (!found) return "this is no address of this machine";
  if (found->ai_family == AF_INET6 && mg_check_feature(MG_FEATURES_IPV6) == 0)
    return "this machine's libcivetweb was built without IPv6";
  const Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) == 0) return std::nullopt;
  switch (errno) {
    case EADDRINUSE:
      return "another program listens there";
    case EACCES:
      return "ports below 1024 are for privileged programs";
    case EADDRNOTAVAIL:
      return "this machine has no such address";
    default:
      return std::string(std::strerror(errno));
  }
}

}  // namespace parley::server
