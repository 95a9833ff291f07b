#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/claims.hpp"
#include "auth/key_set.hpp"
#include "base/result.hpp"

namespace parley::auth {

/// Why a token is refused. Neither these nor their sentences say more than whoever holds it knows already; of what a
/// token claims nothing is said before its signature is right.
enum class TokenFault : std::uint8_t {
  malformed,      ///< it is no JSON Web Token
  algorithm,      ///< it is unsigned, or signed in a way that is not taken here
  critical,       ///< it has an extension that must be understood, and is not
  signature,      ///< no key that is known here has signed it
  claims,         ///< it is signed, and something in it has the wrong form
  expired,        ///< its time is over
  not_yet_valid,  ///< its time has not begun
  issuer,         ///< it is somebody else's
  audience,       ///< it is for somebody else
};

/// A stable code, such as `token-expired`.
[[nodiscard]] std::string_view code_of(TokenFault fault);
/// What is wrong and what to do.
[[nodiscard]] std::string_view sentence_of(TokenFault fault);

/// Of whom tokens are taken, and for whom.
struct TokenRules {
  std::string issuer{};    ///< empty: of whoever has the key
  std::string audience{};  ///< empty: a token that is for somebody is refused (RFC 7519 section 4.1.3)
};

// Some proxies take no longer header.
inline constexpr std::size_t most_token_bytes = 8'192;
// Clocks differ: a token may be used that much before it begins. Its end is its end.
inline constexpr std::chrono::seconds clock_leeway{30};

/// Checks a JSON Web Token (RFC 7519) in JWS Compact Serialization (RFC 7515 section 7.1): the signature first, with
/// the keys that its header names and its algorithm has, then its claims. An equal amount of work is done for each
/// token of an algorithm, whatever is wrong with it, so that time tells nothing.
[[nodiscard]] Result<Claims, TokenFault> check_token(std::string_view token, const KeySet& keys,
                                                     const TokenRules& rules, Claims::Time now);

/// Makes one. Throws std::runtime_error where the key cannot sign.
[[nodiscard]] std::string make_token(const Claims& claims, const Key& key, Claims::Time now);

}  // namespace parley::auth
