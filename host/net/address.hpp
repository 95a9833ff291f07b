#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace parley::net {

/// Where to listen: a numeric address (in brackets where it is IPv6) and a port, 0 being any that is free.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;  ///< HTTPS and WSS

  bool operator==(const Address&) const = default;
};

/// "127.0.0.1:8080", "localhost:0", "[::1]:8080", "*:8080", "8080"; an s at the end is TLS: "8443s".
/// Nothing where it is none of these.
[[nodiscard]] std::optional<Address> parse_address(const std::string& text);

/// "127.0.0.1:8080", "[::1]:8080", whether by TLS or not.
[[nodiscard]] std::string to_string(const Address& address);
/// "https://127.0.0.1:8443"
[[nodiscard]] std::string url_of(const Address& address);

/// A host that is an IPv6 address, out of its brackets; any other as it is.
[[nodiscard]] std::string without_brackets(const std::string& host);

/// A socket that listens, and where it does: the real port, where any was asked for.
struct Listening {
  Descriptor fd;
  Address address;
};

/// Listens there, without waiting in accept(); or says in a sentence what keeps it from that, and what to do with
/// this option, which names the address.
[[nodiscard]] Result<Listening, std::string> listen_at(const Address& address, std::string_view option);

}  // namespace parley::net
