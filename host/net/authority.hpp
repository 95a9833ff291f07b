#pragma once

#include <string_view>

namespace parley::net {

/// What a Host header or an origin names, without the port (RFC 3986 section 3.2): a name, or an address, in its
/// brackets where it is IPv6.
[[nodiscard]] constexpr std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

}  // namespace parley::net
