#include "net/address.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "net/loopback.hpp"

namespace parley::net {
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

// The system cuts it to its somaxconn.
constexpr int backlog = 4'096;

std::string written(const Address& address) {
  return to_string(address) + (address.tls ? "s" : "");
}

/// An address that every machine has, as open as this one.
Address everywhere(Address address) {
  address.host = is_loopback(without_brackets(address.host)) ? "127.0.0.1" : "0.0.0.0";
  return address;
}

/// Another port, which whoever starts the host most likely may have.
Address beside(Address address) {
  constexpr std::uint16_t unprivileged = 1'024;
  address.port = static_cast<std::uint16_t>(address.port < unprivileged ? address.port + 8'000
                                            : address.port < 65'535     ? address.port + 1
                                                                        : address.port - 1);
  return address;
}

std::string why_not(int error, const Address& address, std::string_view option) {
  const auto choose = [&](const char* what, const std::string& example) {
    return std::string("Choose another ").append(what).append(", as in ").append(option).append(" ") +
           example;
  };
  switch (error) {
    case EADDRINUSE:
      return "another program listens there. " + choose("port", written(beside(address)));
    case EACCES:
      return "ports below 1024 are for privileged programs. " + choose("port", written(beside(address)));
    case EADDRNOTAVAIL:
      return "this machine has no such address. " + choose("address", written(everywhere(address)));
    default:
      return std::string(std::strerror(error)) + ". Choose another address with " + std::string(option);
  }
}

std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

}  // namespace

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::optional<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const bool port_alone = colon == std::string::npos;
  std::string_view digits = std::string_view(text).substr(port_alone ? 0 : colon + 1);
  Address address;
  address.tls = digits.ends_with('s');
  if (address.tls) digits.remove_suffix(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;

  std::string host = port_alone ? "127.0.0.1" : without_brackets(text.substr(0, colon));
  if (host.empty() || host == "*") host = "0.0.0.0";
  auto numeric = numeric_host(host);
  if (!numeric) return std::nullopt;
  address.host = std::move(*numeric);
  return address;
}

std::string url_of(const Address& address) {
  return (address.tls ? "https://" : "http://") + to_string(address);
}

std::string to_string(const Address& address) {
  return address.host + ':' + std::to_string(address.port);
}

Result<Listening, std::string> listen_at(const Address& address, std::string_view option) {
  const auto fail = [&](int error) {
    return Failure("Cannot listen on " + to_string(address) + ": " + why_not(error, address, option) + '.');
  };
  const Found found = look_up(without_brackets(address.host), std::to_string(address.port));
  if (!found) return fail(EADDRNOTAVAIL);
  Listening listening{
      .fd = Descriptor(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      .address = address};
  const int fd = listening.fd.get();
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // So that 0.0.0.0 and [::] can be given together.
  if (found->ai_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, backlog) != 0) return fail(errno);
  listening.address.port = port_of(fd);
  return listening;
}

}  // namespace parley::net
