#include "base/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace parley {
inline namespace base {

namespace {

constexpr unsigned v4_offset = 12;  // of the IPv4 address in its IPv4-mapped form
constexpr unsigned bits_of_byte = 8;
constexpr unsigned v6_bits = 128;
constexpr unsigned v4_bits = 32;

IpAddress mapped(const std::uint8_t* v4) {
  IpAddress address;
  address.bytes[10] = address.bytes[11] = 0xFF;
  std::copy_n(v4, v6_bits / bits_of_byte - v4_offset, address.bytes.begin() + v4_offset);
  return address;
}

AddressRange range(const char* first, unsigned bits) {
  return {.first = *parse_ip(first), .bits = bits};
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[10] == 0xFF && bytes[11] == 0xFF;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, copy.c_str(), v4.data()) == 1) return mapped(v4.data());
  IpAddress address;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    ::inet_ntop(AF_INET, address.bytes.data() + v4_offset, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<IpAddress> translated(const IpAddress& address) {
  if (address.is_v4()) return std::nullopt;
  static const AddressRange six_to_four = range("2002::", 16);
  if (six_to_four.contains(address)) return mapped(address.bytes.data() + 2);
  static const std::array at_the_end{range("::", 96), range("64:ff9b::", 96)};
  if (std::ranges::any_of(at_the_end, [&](const AddressRange& each) { return each.contains(address); }))
    return mapped(address.bytes.data() + v4_offset);
  return std::nullopt;
}

bool AddressRange::contains(const IpAddress& address) const {
  const std::size_t whole = bits / bits_of_byte;
  const unsigned rest = bits % bits_of_byte;
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin()))
    return false;
  return rest == 0 || ((first.bytes.at(whole) ^ address.bytes.at(whole)) >> (bits_of_byte - rest)) == 0;
}

std::optional<AddressRange> parse_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = parse_ip(text.substr(0, slash));
  if (!first) return std::nullopt;
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (slash == std::string_view::npos) return AddressRange{.first = *first, .bits = v6_bits};
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size() || bits > (v4 ? v4_bits : v6_bits))
    return std::nullopt;
  return AddressRange{.first = *first, .bits = v4 ? bits + v6_bits - v4_bits : bits};
}

}  // namespace base
}  // namespace parley
