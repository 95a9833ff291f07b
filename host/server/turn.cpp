#include "server/turn.hpp"

#include <utility>

#include "auth/turn.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"

namespace parley::server {

Result<TurnServers, std::string> TurnServers::read(const TurnOptions& options) {
  auto secret = read_file(options.secret_file);
  const std::size_t last = secret ? secret->find_last_not_of(" \t\r\n") : std::string::npos;
  if (last == std::string::npos)
    return Failure("There is no secret in " + options.secret_file.string() +
                   ": write into it what coturn has as static-auth-secret.");
  secret->resize(last + 1);
  return TurnServers(options, *std::move(secret));
}

hub::IceServer TurnServers::server_for(std::string_view user,
                                       std::chrono::system_clock::time_point now) const {
  constexpr std::size_t pseudonym_letters = 16;  // enough that no two clients share a quota
  const auto ends = std::chrono::ceil<std::chrono::seconds>(now) + options_.lifetime;
  auto [username, credential] =
      auth::make_turn_credential(secret_, sha256_hex(user).substr(0, pseudonym_letters), ends);
  return {.urls = options_.uris, .username = std::move(username), .credential = std::move(credential)};
}

}  // namespace parley::server
