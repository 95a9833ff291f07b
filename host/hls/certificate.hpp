#pragma once

#include <optional>
#include <string>

#include "hls/fingerprint.hpp"

namespace parley::hls {

/// A self-signed certificate with its key, for DTLS.
struct Certificate {
  std::string pem;          ///< both
  std::string fingerprint;  ///< as a description says it (RFC 8122, section 5): "sha-256 AB:…"
};

/// One that is like no other. Nothing where OpenSSL makes none.
[[nodiscard]] std::optional<Certificate> new_certificate();

/// The hash of a certificate, as a fingerprint has it: "AB:CD:…". Empty where `pem` is no certificate.
[[nodiscard]] std::string digest_of(const std::string& pem, HashFunction function);

}  // namespace parley::hls
