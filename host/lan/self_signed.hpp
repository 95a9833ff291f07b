#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lan/interfaces.hpp"

namespace parley::lan {

using Instant = std::chrono::system_clock::time_point;

/// Whom a certificate is for: its subject alternative names (RFC 5280 section 4.2.1.6).
struct Names {
  std::vector<std::string> hosts;
  std::vector<std::string> addresses;

  bool operator==(const Names&) const = default;
};

/// Those of a machine with this host name: the name, NAME.local (RFC 6762), localhost, and all addresses but
/// the temporary ones, with which the certificate would change by the day.
[[nodiscard]] Names names_of(std::string host_name, const std::vector<InterfaceAddress>& addresses);

/// What a certificate says of itself.
struct Certificate {
  Names names;
  Instant begins;
  Instant ends;
  std::string fingerprint;  ///< SHA-256, as browsers show it: AB:CD:…
};

/// Makes a key (ECDSA, P-256) and its certificate; both in PEM, one after the other. Throws where OpenSSL
/// cannot. It signs nothing else: whoever trusts it trusts this host alone.
[[nodiscard]] std::string make_self_signed(const Names& names, Instant now);

/// The certificate in such a text; nothing where there is none with its key.
[[nodiscard]] std::optional<Certificate> read_self_signed(const std::string& pem);

/// Whether it is good for another 30 days, and for all these names.
[[nodiscard]] bool is_current(const Certificate& certificate, const Names& names, Instant now);

}  // namespace parley::lan
