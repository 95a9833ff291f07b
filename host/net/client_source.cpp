#include "net/client_source.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "net/trusted_proxies.hpp"

namespace parley::net {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Network {
  std::array<std::uint8_t, 2> prefix;
  unsigned bits;  ///< of it that count, 16 at most
};

constexpr std::array local_ipv4{
    Network{{127, 0}, 8},    Network{{10, 0}, 8},     Network{{172, 16}, 12},
    Network{{192, 168}, 16}, Network{{169, 254}, 16},
};

constexpr std::array local_ipv6{
    Network{{0xfc, 0}, 7},      // RFC 4193
    Network{{0xfe, 0x80}, 10},  // link-local
};

bool is_in(Bytes address, const Network& network) {
  const auto first = [](std::uint8_t high, std::uint8_t low) {
    return static_cast<unsigned>(high) << 8U | static_cast<unsigned>(low);
  };
  const unsigned rest = 16 - network.bits;
  return first(address[0], address[1]) >> rest == first(network.prefix[0], network.prefix[1]) >> rest;
}

bool is_in_any(Bytes address, std::span<const Network> networks) {
  return std::ranges::any_of(networks, [&](const Network& network) { return is_in(address, network); });
}

hub::Source of_ipv4(Bytes address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, address.data(), text.data(), text.size());
  return {.key = text.data(), .local = is_in_any(address, local_ipv4)};
}

hub::Source of_ipv6(in6_addr address) {
  const Bytes bytes(static_cast<const std::uint8_t*>(address.s6_addr), sizeof address.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&address)) return of_ipv4(bytes.subspan(12));
  const bool local = IN6_IS_ADDR_LOOPBACK(&address) || is_in_any(bytes, local_ipv6);
  if (!IN6_IS_ADDR_LOOPBACK(&address)) std::fill_n(static_cast<std::uint8_t*>(address.s6_addr) + 8, 8, 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &address, text.data(), text.size());
  return {.key = text.data(), .local = local};
}

}  // namespace

hub::Source source_of(const std::string& remote_address) {
  const auto proxy = remote_address.starts_with(behind_proxy) ? behind_proxy.size() : 0;
  const std::string without_zone = remote_address.substr(proxy, remote_address.find('%') - proxy);
  in_addr ipv4{};
  if (::inet_pton(AF_INET, without_zone.c_str(), &ipv4) == 1) {
    std::array<std::uint8_t, sizeof ipv4> bytes{};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&ipv4), bytes.size(), bytes.begin());
    return of_ipv4(bytes);
  }
  in6_addr ipv6{};
  if (::inet_pton(AF_INET6, without_zone.c_str(), &ipv6) == 1) return of_ipv6(ipv6);
  return {.key = without_zone, .local = true};
}

}  // namespace parley::net
