#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace parley::server {

/// Where to listen: a numeric address (in brackets where it is IPv6) and a port, 0 being any that is free.
struct Address {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Address&) const = default;
};

/// "127.0.0.1:8080", "localhost:0", "[::1]:8080", "*:8080", "8080". Nothing where it is none of these.
[[nodiscard]] std::optional<Address> parse_address(const std::string& text);

/// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string to_string(const Address& address);

/// A host that is an IPv6 address, out of its brackets; any other as it is.
[[nodiscard]] std::string without_brackets(const std::string& host);

/// What keeps a socket from listening there, in words; nothing where it can.
[[nodiscard]] std::optional<std::string> why_unavailable(const Address& address);

}  // namespace parley::server
