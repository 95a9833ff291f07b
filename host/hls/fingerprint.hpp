#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::hls {

/// The hash functions that a fingerprint may have here, weakest first. RFC 8122, section 5, forbids MD2 and
/// MD5.
enum class HashFunction : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };

/// As descriptions and OpenSSL name it: "sha-256".
[[nodiscard]] std::string_view name_of(HashFunction function);

/// What a description says of a certificate (RFC 8122, section 5).
struct Fingerprint {
  HashFunction function = HashFunction::sha256;
  std::string digest;  ///< upper case hexadecimal: "AB:CD:…"

  bool operator==(const Fingerprint&) const = default;
};

/// The certificates that the other end of a connection may show (RFC 8827, section 6.5).
class Fingerprints {
 public:
  /// The hash of a certificate, written as in `Fingerprint`.
  using Digest = std::function<std::string(HashFunction)>;

  Fingerprints() = default;
  /// Those of a description's m-lines, where each has the session's unless it has some of its own. Of those
  /// of one m-line, the ones of the strongest function that is known here count, as RFC 8122 has it.
  explicit Fingerprints(std::string_view sdp);

  /// Why a description with these is refused, as the end of a sentence; nothing where it is not.
  [[nodiscard]] std::optional<std::string> fault() const;
  /// Whether a certificate is one of these.
  [[nodiscard]] bool match(const Digest& digest) const;

 private:
  std::vector<Fingerprint> fingerprints_;
  bool names_others_ = false;  // some are of functions that are not known here, or malformed
};

}  // namespace parley::hls
