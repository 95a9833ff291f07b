#include "hls/candidate_filter.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>

#include "hls/sdp_section.hpp"

namespace parley::hls {

namespace {

constexpr std::string_view candidate_prefix = "candidate:";

AddressRange range(std::string_view text) {
  return *parse_range(text);
}

bool is_in(const IpAddress& address, const auto& ranges) {
  return std::ranges::any_of(ranges, [&](const AddressRange& each) { return each.contains(address); });
}

/// No peer is there: "this network", multicast, reserved and broadcast addresses (RFC 6890), and IPv4
/// addresses that a network translates in a way of its own (RFC 8215).
bool is_nobodys(const IpAddress& address) {
  static const std::array ranges{range("0.0.0.0/8"), range("224.0.0.0/4"), range("240.0.0.0/4"),
                                 range("::/128"),    range("ff00::/8"),    range("64:ff9b:1::/48")};
  return is_in(address, ranges);
}

bool is_loopback(const IpAddress& address) {
  static const std::array ranges{range("127.0.0.0/8"), range("::1/128")};
  return is_in(address, ranges);
}

bool is_link_local(const IpAddress& address) {
  static const std::array ranges{range("169.254.0.0/16"), range("fe80::/10")};
  return is_in(address, ranges);
}

template <class Number>
std::optional<Number> number(std::string_view digits) {
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool is_foundation(std::string_view text) {
  constexpr std::size_t longest = 32;
  const auto is_ice_char = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  };
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, is_ice_char);
}

bool is_type(std::string_view text) {
  constexpr std::array<std::string_view, 4> types{"host", "srflx", "prflx", "relay"};
  return std::ranges::find(types, text) != types.end();
}

bool is_udp(std::string_view text) {
  constexpr std::string_view name = "udp";
  return std::ranges::equal(text, name, [](char a, char b) { return (a | 0x20) == b; });
}

struct Parts {
  std::string_view foundation;
  std::uint32_t priority = 0;
  IpAddress address;
  std::uint16_t port = 0;
  std::string_view type;
};

/// Of a candidate for RTP over UDP with a numeric address.
std::optional<Parts> parts_of(std::string_view candidate) {
  if (!candidate.starts_with(candidate_prefix)) return std::nullopt;
  // candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE …
  const auto words = words_of(candidate.substr(candidate_prefix.size()));
  constexpr std::size_t least_words = 8;
  if (words.size() < least_words || words[1] != "1" || !is_udp(words[2]) || words[6] != "typ")
    return std::nullopt;
  const auto priority = number<std::uint32_t>(words[3]);
  const auto address = parse_ip(words[4]);
  const auto port = number<std::uint16_t>(words[5]);
  if (!is_foundation(words[0]) || !priority || !address || !port || *port == 0 || !is_type(words[7]))
    return std::nullopt;
  // An IPv4 address that is written as an IPv6 one is nobody's candidate.
  if (address->is_v4() && words[4].find(':') != std::string_view::npos) return std::nullopt;
  return Parts{
      .foundation = words[0], .priority = *priority, .address = *address, .port = *port, .type = words[7]};
}

}  // namespace

std::optional<std::string> CandidateFilter::admit(std::string_view candidate, Instant now) {
  const auto parts = parts_of(candidate);
  if (!parts || !is_allowed(parts->address)) return std::nullopt;
  const std::pair place{parts->address, unsigned{parts->port}};
  if (!known_.contains(place)) {
    if (!take_one(now)) return std::nullopt;
    known_.insert(place);
  }
  return std::string(candidate_prefix)
      .append(parts->foundation)
      .append(" 1 UDP ")
      .append(std::to_string(parts->priority))
      .append(" ")
      .append(to_string(parts->address))
      .append(" ")
      .append(std::to_string(parts->port))
      .append(" typ ")
      .append(parts->type);
}

bool CandidateFilter::is_allowed(const IpAddress& address) const {
  if (is_nobodys(address)) return false;
  if (is_in(address, setting_.allowed)) return true;
  if (is_loopback(address) || is_link_local(address) || is_own(address)) return is_of_publisher(address);
  const auto inner = translated(address);
  return !inner || is_allowed(*inner);
}

/// Whoever comes from this machine may name its addresses, and whoever comes from its link that link's.
bool CandidateFilter::is_of_publisher(const IpAddress& address) const {
  const auto publisher = parse_ip(setting_.publisher);
  if (!publisher) return false;
  const bool is_here = is_loopback(*publisher) || is_own(*publisher);
  if (is_loopback(address) || is_own(address)) return is_here;
  return is_link_local(*publisher);
}

bool CandidateFilter::is_own(const IpAddress& address) const {
  return std::ranges::find(setting_.own, address) != setting_.own.end();
}

bool CandidateFilter::take_one(Instant now) {
  if (!replenished_) replenished_ = now;
  const auto due = static_cast<std::size_t>((now - *replenished_) / replenished_every);
  left_ = std::min(left_ + due, max_candidates);
  *replenished_ += due * replenished_every;
  if (left_ == 0) return false;
  --left_;
  return true;
}

std::vector<IpAddress> own_addresses() {
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(found, &::freeifaddrs);
  std::vector<IpAddress> addresses;
  for (const ifaddrs* each = found; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    IpAddress address;
    if (each->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 v6{};
      std::memcpy(&v6, each->ifa_addr, sizeof v6);
      std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
    } else if (each->ifa_addr->sa_family == AF_INET) {
      sockaddr_in v4{};
      std::memcpy(&v4, each->ifa_addr, sizeof v4);
      address.bytes[10] = address.bytes[11] = 0xFF;
      std::memcpy(address.bytes.data() + 12, &v4.sin_addr, sizeof v4.sin_addr);
    } else {
      continue;
    }
    addresses.push_back(address);
  }
  return addresses;
}

}  // namespace parley::hls
