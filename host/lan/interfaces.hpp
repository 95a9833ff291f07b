#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::lan {

/// An address of this machine, of an interface that is up.
struct InterfaceAddress {
  std::string address;  ///< numeric, without brackets and zone
  bool is_ipv6 = false;
  bool is_local = false;      ///< loopback, or IPv6 link-local, which no URL can hold (RFC 6874 is obsolete)
  bool is_temporary = false;  ///< changes by the day (RFC 8981)
  bool is_hardware = false;   ///< not a bridge of containers, a tunnel or the like
  bool has_default_route = false;
};

[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

/// Those that a phone in the same network can connect to, the likeliest first. Without an interface that is
/// hardware or leads to the Internet, as in a container, all that are not local.
[[nodiscard]] std::vector<InterfaceAddress> reachable(const std::vector<InterfaceAddress>& all);

/// The interfaces with a default route, of the text of /proc/net/route.
[[nodiscard]] std::vector<std::string> default_routes(std::string_view text);

/// The temporary addresses in the text of /proc/net/if_inet6, 32 hexadecimal digits each.
[[nodiscard]] std::vector<std::string> temporary_addresses(std::string_view text);

}  // namespace parley::lan
