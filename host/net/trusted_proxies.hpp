#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address_range.hpp"

namespace parley::net {

/// Before the address of a proxy that is not trusted, where nobody knows the client's.
inline constexpr std::string_view behind_proxy = "proxied:";

/// The proxies that are believed when they say whose request it is (--trust-proxy).
class TrustedProxies {
 public:
  explicit TrustedProxies(std::vector<AddressRange> ranges = {}) : ranges_(std::move(ranges)) {}

  [[nodiscard]] bool trusts(std::string_view address) const;

  /// The client's numeric address, of a request that came from `peer`. A trusted proxy has added to
  /// `forwarded_for` (X-Forwarded-For) what it saw; what is before the last address that is no trusted
  /// proxy's is whatever the client has sent.
  ///
  /// Where a proxy that is not trusted forwards it (`is_forwarded`), nobody knows: then it is
  /// "proxied:" and the peer's address, which is no address of this machine.
  [[nodiscard]] std::string client_of(std::string_view peer, std::string_view forwarded_for,
                                      bool is_forwarded) const;

 private:
  const std::vector<AddressRange> ranges_;
};

}  // namespace parley::net
