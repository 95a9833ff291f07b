#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::auth {

/// How a token is signed: HMAC with SHA-256, RSASSA-PKCS1-v1_5 and ECDSA with P-256 (RFC 7518 section 3), and Ed25519
/// (RFC 8037 section 3.1).
enum class Algorithm : std::uint8_t { hs256, rs256, es256, eddsa };

inline constexpr std::array<std::pair<std::string_view, Algorithm>, 4> algorithms{
    {{"HS256", Algorithm::hs256},
     {"RS256", Algorithm::rs256},
     {"ES256", Algorithm::es256},
     {"EdDSA", Algorithm::eddsa}}};

[[nodiscard]] std::string_view name_of(Algorithm algorithm);
[[nodiscard]] std::optional<Algorithm> algorithm_of(std::string_view name);

/// One key, for one algorithm: a secret that both sides share, or a pair of which the private part may be missing. May
/// be used by several threads at once.
class Key {
 public:
  // RFC 7518 sections 3.2 and 3.3: shorter ones are not to be used.
  static constexpr std::size_t least_secret_bytes = 32;
  static constexpr int least_rsa_bits = 2'048;
  // Longer keys, and longer exponents, make each signature as slow as whoever wrote them likes.
  static constexpr int most_rsa_bits = 8'192;
  static constexpr int most_exponent_bits = 64;

  /// A new one. Throws std::runtime_error where OpenSSL makes none.
  [[nodiscard]] static Key generate(Algorithm algorithm);
  /// For HS256.
  explicit Key(std::string secret);
  /// Nothing where the pair is for none of the algorithms, is not sound, or an RSA key is too short or too long.
  [[nodiscard]] static std::optional<Key> of_pair(std::shared_ptr<EVP_PKEY> pair, bool is_private);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  /// The `kid` by which tokens name it (RFC 7515 section 4.1.4); empty where it has none.
  [[nodiscard]] const std::string& id() const { return id_; }
  void set_id(std::string id) { id_ = std::move(id); }

  [[nodiscard]] bool can_sign() const { return is_private_; }
  /// As a token has it. Throws std::runtime_error where it cannot.
  [[nodiscard]] std::string sign(std::string_view text) const;
  /// Whether it is this text's. Takes as long for a signature of a wrong length as for a wrong one.
  [[nodiscard]] bool verify(std::string_view text, std::string_view signature) const;

  /// Of HS256; else empty.
  [[nodiscard]] const std::string& secret() const { return secret_; }
  /// Of the others; else null.
  [[nodiscard]] EVP_PKEY* pair() const { return pair_.get(); }

 private:
  Key(Algorithm algorithm, std::shared_ptr<EVP_PKEY> pair, bool is_private);

  [[nodiscard]] std::size_t signature_bytes() const;

  Algorithm algorithm_;
  bool is_private_ = true;
  std::string id_{};
  std::string secret_{};
  std::shared_ptr<EVP_PKEY> pair_{};
};

}  // namespace parley::auth
