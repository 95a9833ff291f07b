#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley {
inline namespace base {

/// A numeric IP address, 16 bytes in network order. IPv4 has its IPv4-mapped form (RFC 4291,
/// section 2.5.5.2).
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
  bool operator<(const IpAddress& other) const { return bytes < other.bytes; }
  [[nodiscard]] bool is_v4() const;
};

/// Nothing where the text is no address in its usual form: no name, no zone, no port, no "127.1".
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);
[[nodiscard]] std::string to_string(const IpAddress& address);
/// The IPv4 address inside one that translates it: IPv4-compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056)
/// addresses. Nothing where there is none.
[[nodiscard]] std::optional<IpAddress> translated(const IpAddress& address);

/// A prefix (RFC 4632): "192.0.2.0/24", "fe80::/10". A single address is a prefix of its whole length.
struct AddressRange {
  IpAddress first;
  unsigned bits = 128;  ///< of the 16 bytes

  [[nodiscard]] bool contains(const IpAddress& address) const;
};

[[nodiscard]] std::optional<AddressRange> parse_range(std::string_view text);

}  // namespace base
}  // namespace parley
