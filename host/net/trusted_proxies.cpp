#include "net/trusted_proxies.hpp"

#include <algorithm>
#include <optional>

#include "base/header_list.hpp"

namespace parley::net {

bool TrustedProxies::trusts(std::string_view address) const {
  const auto parsed = parse_ip(address);
  return parsed &&
         std::ranges::any_of(ranges_, [&](const AddressRange& range) { return range.contains(*parsed); });
}

std::string TrustedProxies::client_of(std::string_view peer, std::string_view forwarded_for,
                                      bool is_forwarded) const {
  const auto unknown = [&] { return std::string(behind_proxy).append(peer); };
  if (!trusts(peer)) return is_forwarded ? unknown() : std::string(peer);
  while (!forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const auto address = trimmed(forwarded_for.substr(comma == std::string_view::npos ? 0 : comma + 1));
    forwarded_for = forwarded_for.substr(0, comma == std::string_view::npos ? 0 : comma);
    if (!parse_ip(address)) return unknown();
    if (!trusts(address)) return std::string(address);
  }
  return is_forwarded ? unknown() : std::string(peer);
}

}  // namespace parley::net
