#include "net/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace parley::net {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_loopback(std::string_view address) {
  constexpr std::uint8_t loopback_network = 127;
  const std::string text(address);
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == loopback_network;
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == loopback_network);
}

bool names_loopback(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const auto end = bracketed ? host.find(']') : host.find(':');
  if (bracketed && end == std::string_view::npos) return false;
  const auto name = host.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  const auto rest =
      end == std::string_view::npos ? std::string_view{} : host.substr(end + (bracketed ? 1 : 0));
  if (!rest.empty() && (rest.front() != ':' || !is_number(rest.substr(1)))) return false;
  const bool six = name.find(':') != std::string_view::npos;
  if (bracketed != six) return false;
  return name == "localhost" || is_loopback(name);
}

}  // namespace parley::net
