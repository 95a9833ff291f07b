#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "auth/claims.hpp"
#include "auth/key_set.hpp"
#include "base/result.hpp"
#include "hub/error.hpp"

namespace parley::auth {

/// What is wrong with a token that is refused with this code, and what to do. Neither says more than whoever holds it
/// knows already; of what a token claims nothing is said before its signature is right.
[[nodiscard]] std::string_view sentence_of(hub::ErrorCode fault);

/// Of whom tokens are taken, and for whom.
struct TokenRules {
  std::string issuer{};    ///< empty: of whoever has the key
  std::string audience{};  ///< empty: a token that is for somebody is refused (RFC 7519 section 4.1.3)
};

// Some proxies take no longer header.
inline constexpr std::size_t most_token_bytes = 8'192;
// Of an identity, and of a name: as a member's name may have. Both without control characters.
inline constexpr std::size_t most_name_bytes = 128;
// Clocks differ: a token may be used that much before it begins. Its end is its end.
inline constexpr std::chrono::seconds clock_leeway{30};

/// The key that a token says it is signed with, which may be a lie; empty where it names none.
[[nodiscard]] std::string key_id_of(std::string_view token);

/// Checks a JSON Web Token (RFC 7519) in JWS Compact Serialization (RFC 7515 section 7.1): the signature first, with
/// the keys that its header names and its algorithm has, then its claims. An equal amount of work is done for each
/// token of an algorithm, whatever is wrong with it, so that time tells nothing.
[[nodiscard]] Result<Claims, hub::ErrorCode> check_token(std::string_view token, const KeySet& keys,
                                                         const TokenRules& rules, Claims::Time now);

/// Makes one. Throws std::runtime_error where the key cannot sign.
[[nodiscard]] std::string make_token(const Claims& claims, const Key& key, Claims::Time now);

}  // namespace parley::auth
