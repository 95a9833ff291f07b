#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "auth/key.hpp"
#include "base/result.hpp"

namespace parley::auth {

/// Reads a JSON Web Key (RFC 7517): `oct`, `RSA`, `EC` with P-256, `OKP` with Ed25519 (RFC 8037). The error is a
/// sentence, and says nothing of a secret.
[[nodiscard]] Result<Key, std::string> read_jwk(const nlohmann::json& jwk);

enum class JwkPart : bool { of_all, of_public };

/// The same the other way round: with its secrets, or without them. A key of HS256 has no public part: null. Throws
/// std::runtime_error where OpenSSL does not give it out.
[[nodiscard]] nlohmann::json to_jwk(const Key& key, JwkPart part);

/// What names a key well: the SHA-256 of its public part, or of its secret (RFC 7638).
[[nodiscard]] std::string thumbprint(const Key& key);

}  // namespace parley::auth
