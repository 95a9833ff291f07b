#include "auth/key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/openssl.hpp"

namespace parley::auth {
namespace {

constexpr std::size_t sha256_bytes = 32;
constexpr std::size_t p256_number_bytes = 32;
constexpr std::size_t ed25519_signature_bytes = 64;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void check(bool done) {
  if (done) return;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error(std::string("OpenSSL does not use this key: ") + (reason ? reason : "unknown"));
}

std::string hmac(const std::string& secret, std::string_view text) {
  std::string digest(sha256_bytes, '\0');
  unsigned size = 0;
  check(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
             bytes_of(digest), &size) != nullptr);
  return digest;
}

/// What OpenSSL is told to hash with: Ed25519 has its own way.
const EVP_MD* digest_for(Algorithm algorithm) {
  return algorithm == Algorithm::eddsa ? nullptr : EVP_sha256();
}

/// Two numbers one behind the other, as RFC 7518 section 3.4 has them, in OpenSSL's DER; empty where these are none.
std::string to_der(std::string_view signature) {
  const auto number_at = [&](std::size_t at) {
    return OpensslPtr<BIGNUM>(BN_bin2bn(bytes_of(signature.substr(at)), p256_number_bytes, nullptr));
  };
  auto r = number_at(0);
  auto s = number_at(p256_number_bytes);
  const OpensslPtr<ECDSA_SIG> both(ECDSA_SIG_new());
  if (!r || !s || !both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(both.get(), nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* at = bytes_of(der);
  i2d_ECDSA_SIG(both.get(), &at);
  return der;
}

/// Its numbers are such as the algorithm needs them, and belong to each other.
bool is_sound(EVP_PKEY* key, bool is_private) {
  const OpensslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
  return context &&
         (is_private ? EVP_PKEY_pairwise_check(context.get()) : EVP_PKEY_public_check(context.get())) == 1;
}

bool is_of_usual_size(const EVP_PKEY* rsa) {
  BIGNUM* found = nullptr;
  const bool has_exponent = EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_E, &found) == 1;
  const OpensslPtr<BIGNUM> exponent(found);
  const int bits = EVP_PKEY_get_bits(rsa);
  return has_exponent && bits >= Key::least_rsa_bits && bits <= Key::most_rsa_bits &&
         BN_num_bits(exponent.get()) <= Key::most_exponent_bits;
}

std::string from_der(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const OpensslPtr<ECDSA_SIG> both(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  check(both != nullptr);
  std::string signature(2 * p256_number_bytes, '\0');
  unsigned char* const out = bytes_of(signature);
  check(BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), out, p256_number_bytes) == p256_number_bytes);
  check(BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), out + p256_number_bytes, p256_number_bytes) ==
        p256_number_bytes);
  return signature;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  return std::ranges::find(algorithms, algorithm, &decltype(algorithms)::value_type::second)->first;
}

std::optional<Algorithm> algorithm_of(std::string_view name) {
  const auto* const found = std::ranges::find(algorithms, name, &decltype(algorithms)::value_type::first);
  return found == algorithms.end() ? std::nullopt : std::optional(found->second);
}

Key::Key(std::string secret) : algorithm_(Algorithm::hs256), secret_(std::move(secret)) {}

Key::Key(Algorithm algorithm, std::shared_ptr<EVP_PKEY> pair, bool is_private)
    : algorithm_(algorithm), is_private_(is_private), pair_(std::move(pair)) {}

Key Key::generate(Algorithm algorithm) {
  constexpr std::size_t rsa_bits = 3'072;
  const auto pair = [&](EVP_PKEY* made) {
    check(made != nullptr);
    return Key(algorithm, {made, OpensslFree()}, true);
  };
  switch (algorithm) {
    case Algorithm::hs256: {
      std::string secret(least_secret_bytes, '\0');
      check(RAND_priv_bytes(bytes_of(secret), static_cast<int>(secret.size())) == 1);
      return Key(std::move(secret));
    }
    case Algorithm::rs256:
      return pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits));
    case Algorithm::es256:
      return pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    case Algorithm::eddsa:
      break;
  }
  return pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

std::optional<Key> Key::of_pair(std::shared_ptr<EVP_PKEY> pair, bool is_private) {
  constexpr int p256_bits = 256;
  EVP_PKEY* const key = pair.get();
  if (EVP_PKEY_is_a(key, "RSA") == 1 && !is_of_usual_size(key)) return std::nullopt;
  if (!is_sound(key, is_private)) return std::nullopt;
  if (EVP_PKEY_is_a(key, "RSA") == 1) return Key(Algorithm::rs256, std::move(pair), is_private);
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return Key(Algorithm::eddsa, std::move(pair), is_private);
  if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) == p256_bits) {
    std::array<char, 32> curve{};
    if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
        std::string_view(curve.data()) == "prime256v1")
      return Key(Algorithm::es256, std::move(pair), is_private);
  }
  return std::nullopt;
}

std::size_t Key::signature_bytes() const {
  switch (algorithm_) {
    case Algorithm::hs256:
      return sha256_bytes;
    case Algorithm::rs256:
      return static_cast<std::size_t>(EVP_PKEY_get_size(pair_.get()));
    case Algorithm::es256:
      return 2 * p256_number_bytes;
    case Algorithm::eddsa:
      break;
  }
  return ed25519_signature_bytes;
}

std::string Key::sign(std::string_view text) const {
  if (algorithm_ == Algorithm::hs256) return hmac(secret_, text);
  const OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  check(context != nullptr);
  check(EVP_DigestSignInit(context.get(), nullptr, digest_for(algorithm_), nullptr, pair_.get()) == 1);
  std::size_t size = 0;
  check(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1);
  std::string signature(size, '\0');
  check(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(text), text.size()) == 1);
  signature.resize(size);
  return algorithm_ == Algorithm::es256 ? from_der(signature) : signature;
}

bool Key::verify(std::string_view text, std::string_view signature) const {
  // One of the right length is tried in place of any other, and its numbers are such that all of the work is done.
  const bool whole = signature.size() == signature_bytes();
  const std::string tried = whole ? std::string(signature) : std::string(signature_bytes(), '\x01');
  bool right = false;
  if (algorithm_ == Algorithm::hs256) {
    const std::string expected = hmac(secret_, text);
    right = CRYPTO_memcmp(expected.data(), tried.data(), expected.size()) == 0;
  } else {
    const std::string encoded = algorithm_ == Algorithm::es256 ? to_der(tried) : tried;
    const OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
    right =
        context != nullptr &&
        EVP_DigestVerifyInit(context.get(), nullptr, digest_for(algorithm_), nullptr, pair_.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(encoded), encoded.size(), bytes_of(text), text.size()) == 1;
    ERR_clear_error();
  }
  return whole && right;
}

}  // namespace parley::auth
