#pragma once

#include <string>
#include <vector>

#include "lan/interfaces.hpp"

namespace parley::lan {

/// A listener with TLS.
struct Listener {
  std::string host;  ///< numeric, in brackets where it is IPv6; 0.0.0.0 and [::] are all addresses
  std::string port;
};

/// Where a phone finds it, the likeliest first: https://ADDRESS:PORT/ of each reachable address.
[[nodiscard]] std::vector<std::string> links(const std::vector<Listener>& listeners,
                                             const std::vector<InterfaceAddress>& reachable);

/// What to do with a phone: the links, the QR code of the first, and why its browser will warn. With colours
/// the code is dark on light in every terminal.
[[nodiscard]] std::string invitation(const std::vector<std::string>& links, const std::string& fingerprint,
                                     bool colours);

}  // namespace parley::lan
