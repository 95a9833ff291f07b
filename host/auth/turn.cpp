#include "auth/turn.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "base/base64.hpp"

namespace parley::auth {

std::optional<TurnCredential> make_turn_credential(std::string_view secret, std::string_view user,
                                                   std::chrono::sys_seconds ends) {
  std::string username = std::to_string(ends.time_since_epoch().count()).append(":").append(user);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(username.data()), username.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr)
    return std::nullopt;
  digest.resize(size);
  return TurnCredential{.username = std::move(username), .credential = base64_encode(digest)};
}

}  // namespace parley::auth
