#include "auth/jwk.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/json_field.hpp"
#include "base/base64.hpp"
#include "base/openssl.hpp"

namespace parley::auth {
namespace {

using nlohmann::json;

/// A number of an RSA key: its name in a JWK and in OpenSSL.
struct Number {
  const char* field;
  const char* parameter;
};

constexpr std::array<Number, 2> rsa_public{{{"n", OSSL_PKEY_PARAM_RSA_N}, {"e", OSSL_PKEY_PARAM_RSA_E}}};
constexpr std::array<Number, 6> rsa_private{{{"d", OSSL_PKEY_PARAM_RSA_D},
                                             {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                             {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                             {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                             {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                             {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};

constexpr std::size_t curve_bytes = 32;  // of P-256's and Ed25519's numbers
constexpr const char* curve_name = "prime256v1";

/// Bytes in base64url; none where the field is not there, or something else.
std::optional<std::string> bytes_of(const json& jwk, const char* field) {
  const auto found = jwk.find(field);
  if (found == jwk.end() || !found->is_string()) return std::nullopt;
  return base64url_decode(found->get_ref<const std::string&>());
}

const unsigned char* unsigned_bytes(const std::string& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

OpensslPtr<BIGNUM> number_of(const std::string& bytes) {
  return OpensslPtr<BIGNUM>(BN_bin2bn(unsigned_bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// Collects what a key is made of; what is given to it must live until then.
class Builder {
 public:
  void add(const char* name, const BIGNUM* number) {
    whole_ = whole_ && number != nullptr && OSSL_PARAM_BLD_push_BN(builder_.get(), name, number) == 1;
  }
  void add(const char* name, const std::string& bytes) {
    whole_ =
        whole_ && OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, bytes.data(), bytes.size()) == 1;
  }
  void add_name(const char* name, const char* text) {
    whole_ = whole_ && OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, text, 0) == 1;
  }

  /// Null where something is missing.
  [[nodiscard]] std::shared_ptr<EVP_PKEY> build(const char* type, bool is_private) {
    const OpensslPtr<OSSL_PARAM> parameters(whole_ ? OSSL_PARAM_BLD_to_param(builder_.get()) : nullptr);
    const OpensslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          parameters.get()) != 1)
      return nullptr;
    return {key, OpensslFree()};
  }

 private:
  OpensslPtr<OSSL_PARAM_BLD> builder_{OSSL_PARAM_BLD_new()};
  bool whole_ = builder_ != nullptr;
};

std::shared_ptr<EVP_PKEY> read_rsa(const json& jwk, bool is_private) {
  Builder builder;
  std::vector<OpensslPtr<BIGNUM>> numbers;
  const auto add = [&](std::span<const Number> wanted) {
    for (const Number& each : wanted) {
      const auto bytes = bytes_of(jwk, each.field);
      numbers.push_back(bytes ? number_of(*bytes) : nullptr);
      builder.add(each.parameter, numbers.back().get());
    }
  };
  add(rsa_public);
  if (is_private) add(rsa_private);
  return builder.build("RSA", is_private);
}

std::shared_ptr<EVP_PKEY> read_ec(const json& jwk, bool is_private) {
  const auto x = bytes_of(jwk, "x");
  const auto y = bytes_of(jwk, "y");
  if (text_of(jwk, "crv") != "P-256" || !x || !y || x->size() != curve_bytes || y->size() != curve_bytes)
    return nullptr;
  const std::string point = '\x04' + *x + *y;  // SEC 1 section 2.3.3: uncompressed
  Builder builder;
  builder.add_name(OSSL_PKEY_PARAM_GROUP_NAME, curve_name);
  builder.add(OSSL_PKEY_PARAM_PUB_KEY, point);
  OpensslPtr<BIGNUM> number;
  if (is_private) {
    const auto d = bytes_of(jwk, "d");
    number = d ? number_of(*d) : nullptr;
    builder.add(OSSL_PKEY_PARAM_PRIV_KEY, number.get());
  }
  return builder.build("EC", is_private);
}

std::string raw_of(const EVP_PKEY* pair, decltype(EVP_PKEY_get_raw_public_key)* get) {
  std::string bytes(curve_bytes, '\0');
  std::size_t size = bytes.size();
  if (get(pair, reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1)
    throw std::runtime_error("OpenSSL does not give out this key");
  return bytes;
}

std::shared_ptr<EVP_PKEY> read_okp(const json& jwk, bool is_private) {
  const auto open = bytes_of(jwk, "x");
  const auto secret = bytes_of(jwk, "d");
  const auto& bytes = is_private ? secret : open;
  if (text_of(jwk, "crv") != "Ed25519" || !open || !bytes || bytes->size() != curve_bytes) return nullptr;
  const auto make = is_private ? EVP_PKEY_new_raw_private_key : EVP_PKEY_new_raw_public_key;
  EVP_PKEY* const made = make(EVP_PKEY_ED25519, nullptr, unsigned_bytes(*bytes), bytes->size());
  if (made == nullptr) return nullptr;
  std::shared_ptr<EVP_PKEY> key(made, OpensslFree());
  // The public part follows from the secret, so another one in the file is a mistake.
  return raw_of(made, EVP_PKEY_get_raw_public_key) == *open ? key : nullptr;
}

std::string number_of(const EVP_PKEY* pair, const char* parameter) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(pair, parameter, &found) != 1)
    throw std::runtime_error("OpenSSL does not give out this key");
  const OpensslPtr<BIGNUM> number(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

/// In as many bytes as the curve's numbers have (RFC 7518 section 6.2.1.2).
std::string curve_number_of(const EVP_PKEY* pair, const char* parameter) {
  std::string bytes = number_of(pair, parameter);
  return std::string(curve_bytes - std::min(bytes.size(), curve_bytes), '\0') + bytes;
}

/// What RFC 7638 section 3.2 has a thumbprint made of.
json essence_of(const Key& key) {
  switch (key.algorithm()) {
    case Algorithm::hs256:
      return {{"kty", "oct"}, {"k", base64url_encode(key.secret())}};
    case Algorithm::rs256: {
      json jwk{{"kty", "RSA"}};
      for (const Number& each : rsa_public)
        jwk[each.field] = base64url_encode(number_of(key.pair(), each.parameter));
      return jwk;
    }
    case Algorithm::es256:
      return {{"kty", "EC"},
              {"crv", "P-256"},
              {"x", base64url_encode(curve_number_of(key.pair(), OSSL_PKEY_PARAM_EC_PUB_X))},
              {"y", base64url_encode(curve_number_of(key.pair(), OSSL_PKEY_PARAM_EC_PUB_Y))}};
    case Algorithm::eddsa:
      break;
  }
  return {{"kty", "OKP"},
          {"crv", "Ed25519"},
          {"x", base64url_encode(raw_of(key.pair(), EVP_PKEY_get_raw_public_key))}};
}

Result<Key, std::string> read_secret(const json& jwk) {
  auto secret = bytes_of(jwk, "k");
  if (!secret) return Failure("its field k is no base64url.");
  if (secret->size() < Key::least_secret_bytes)
    return Failure("its secret is shorter than " + std::to_string(Key::least_secret_bytes) + " bytes.");
  return Key(*std::move(secret));
}

Result<Key, std::string> read_pair(const json& jwk, const std::string& type) {
  const bool is_private = jwk.contains("d");
  std::shared_ptr<EVP_PKEY> pair;
  if (type == "RSA") pair = read_rsa(jwk, is_private);
  if (type == "EC") pair = read_ec(jwk, is_private);
  if (type == "OKP") pair = read_okp(jwk, is_private);
  ERR_clear_error();
  auto key = pair ? Key::of_pair(std::move(pair), is_private) : std::nullopt;
  if (!key)
    return Failure("it is no sound key of RSA with " + std::to_string(Key::least_rsa_bits) + " to " +
                   std::to_string(Key::most_rsa_bits) + " bits, of EC with P-256, or of OKP with Ed25519.");
  return *std::move(key);
}

}  // namespace

Result<Key, std::string> read_jwk(const json& jwk) {
  if (!jwk.is_object()) return Failure("it is no JSON object.");
  const std::string type = text_of(jwk, "kty");
  auto key = type == "oct" ? read_secret(jwk) : read_pair(jwk, type);
  if (!key) return key;
  // A key is for one algorithm: whoever holds it decides, and not the token.
  if (const std::string said = text_of(jwk, "alg"); !said.empty() && said != name_of(key->algorithm()))
    return Failure("it is for another algorithm than HS256, RS256, ES256 and EdDSA.");
  if (const std::string use = text_of(jwk, "use"); !use.empty() && use != "sig")
    return Failure("it is not for signatures.");
  key->set_id(text_of(jwk, "kid"));
  return key;
}

json to_jwk(const Key& key, JwkPart part) {
  if (key.algorithm() == Algorithm::hs256 && part == JwkPart::of_public) return nullptr;
  json jwk = essence_of(key);
  if (part == JwkPart::of_all && key.can_sign()) {
    if (key.algorithm() == Algorithm::rs256) {
      for (const Number& each : rsa_private)
        jwk[each.field] = base64url_encode(number_of(key.pair(), each.parameter));
    } else if (key.algorithm() == Algorithm::es256) {
      jwk["d"] = base64url_encode(curve_number_of(key.pair(), OSSL_PKEY_PARAM_PRIV_KEY));
    } else if (key.algorithm() == Algorithm::eddsa) {
      jwk["d"] = base64url_encode(raw_of(key.pair(), EVP_PKEY_get_raw_private_key));
    }
  }
  jwk["alg"] = name_of(key.algorithm());
  jwk["use"] = "sig";
  if (!key.id().empty()) jwk["kid"] = key.id();
  return jwk;
}

std::string thumbprint(const Key& key) {
  const std::string text = essence_of(key).dump();  // its names in their order, without blanks
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL makes no SHA-256");
  digest.resize(size);
  return base64url_encode(digest);
}

}  // namespace parley::auth
