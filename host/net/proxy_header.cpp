#include "net/proxy_header.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

namespace parley::net {
namespace {

using State = ProxyHeader::State;
using namespace std::string_view_literals;

constexpr auto version_1 = "PROXY "sv;
// PROXY alone might be a method, which a proxy of HTTP passes on.
constexpr std::array version_1_kinds{"PROXY TCP4 "sv, "PROXY TCP6 "sv, "PROXY UNKNOWN"sv};
constexpr auto version_2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t longest_version_1 = 107;  // with its line end, by the specification

ProxyHeader malformed() {
  return {.state = State::malformed};
}

ProxyHeader incomplete() {
  return {.state = State::incomplete};
}

/// As the system writes it.
std::optional<std::string> numeric(int family, const char* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, bytes, text.data(), text.size()) == nullptr) return std::nullopt;
  return text.data();
}

std::optional<std::string> numeric(int family, std::string_view written) {
  std::array<char, sizeof(in6_addr)> bytes{};
  const std::string text(written);
  if (::inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return numeric(family, bytes.data());
}

std::string_view take_word(std::string_view& rest) {
  const auto space = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return word;
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

/// "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"
ProxyHeader read_version_1(std::string_view bytes) {
  const auto end = bytes.substr(0, longest_version_1).find("\r\n");
  if (end == std::string_view::npos) return bytes.size() < longest_version_1 ? incomplete() : malformed();
  ProxyHeader header{.state = State::complete, .bytes = end + 2};
  auto rest = bytes.substr(version_1.size(), end - version_1.size());
  const auto family = take_word(rest);
  if (family == "UNKNOWN") return header;
  const int kind = family == "TCP4" ? AF_INET : AF_INET6;
  auto address = numeric(kind, take_word(rest));
  const bool fine = address && numeric(kind, take_word(rest)) && is_port(take_word(rest)) && is_port(rest);
  if (!fine) return malformed();
  header.address = *std::move(address);
  return header;
}

std::size_t number_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at])) << 8U |
         static_cast<std::uint8_t>(bytes[at + 1]);
}

/// Whether one of these values says that the client has come by TLS.
bool says_tls(std::string_view values) {
  constexpr char type_ssl = 0x20;
  constexpr unsigned client_ssl = 0x01;
  constexpr std::size_t head = 3;
  while (values.size() >= head) {
    const std::size_t length = std::min(number_at(values, 1), values.size() - head);
    if (values[0] == type_ssl && length > 0)
      return (static_cast<std::uint8_t>(values[head]) & client_ssl) != 0;
    values.remove_prefix(head + length);
  }
  return false;
}

ProxyHeader read_version_2(std::string_view bytes) {
  constexpr std::size_t fixed = 16;
  if (bytes.size() < fixed) return incomplete();
  const auto version_and_command = static_cast<std::uint8_t>(bytes[12]);
  const auto family = static_cast<std::uint8_t>(bytes[13]);
  const std::size_t length = number_at(bytes, 14);
  if (version_and_command >> 4U != 2 || fixed + length > max_proxy_header_bytes) return malformed();
  if (bytes.size() < fixed + length) return incomplete();
  ProxyHeader header{.state = State::complete, .bytes = fixed + length};
  constexpr unsigned local = 0;
  constexpr unsigned proxy = 1;
  const unsigned command = version_and_command & 0x0FU;
  if (command == local) return header;
  if (command != proxy) return malformed();
  constexpr std::uint8_t tcp_4 = 0x11;
  constexpr std::uint8_t tcp_6 = 0x21;
  if (family != tcp_4 && family != tcp_6) return header;  // it knows no address
  const std::size_t addresses = family == tcp_4 ? 12 : 36;
  if (length < addresses) return malformed();
  const auto payload = bytes.substr(fixed, length);
  header.address = numeric(family == tcp_4 ? AF_INET : AF_INET6, payload.data()).value_or("");
  header.tls = says_tls(payload.substr(addresses));
  return header;
}

bool may_become(std::string_view bytes, std::string_view whole) {
  return bytes.size() < whole.size() && whole.starts_with(bytes);
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
  const auto begins = [&](std::string_view kind) { return bytes.starts_with(kind); };
  const auto may = [&](std::string_view kind) { return may_become(bytes, kind); };
  if (std::ranges::any_of(version_1_kinds, begins)) return read_version_1(bytes);
  if (bytes.starts_with(version_2)) return read_version_2(bytes);
  if (std::ranges::any_of(version_1_kinds, may) || may(version_2)) return incomplete();
  return {};
}

}  // namespace parley::net
