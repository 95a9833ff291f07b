#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parley::auth {

/// What a client shows a TURN server (RFC 8656) that has the same secret.
struct TurnCredential {
  std::string username;
  std::string credential;
};

/// A credential that ends, as coturn's `use-auth-secret` checks it (draft-uberti-behave-turn-rest-00): the username is
/// the time of its end and the user, the credential the HMAC-SHA1 of that in base64. The user must be of letters and
/// digits. Nothing where OpenSSL makes none.
[[nodiscard]] std::optional<TurnCredential> make_turn_credential(std::string_view secret,
                                                                 std::string_view user,
                                                                 std::chrono::sys_seconds ends);

}  // namespace parley::auth
