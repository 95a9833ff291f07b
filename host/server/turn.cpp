#include "server/turn.hpp"

#include <algorithm>
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
  // coturn reads it from a line of its configuration.
  const bool one_word = std::ranges::all_of(*secret, [](char c) { return c > ' ' && c <= '~'; });
  if (secret->size() < least_secret_bytes || !one_word)
    return Failure("The secret in " + options.secret_file.string() + " must be one word of " +
                   std::to_string(least_secret_bytes) +
                   " letters, digits and signs or more: `openssl rand -hex 32` makes one.");
  return TurnServers(options, *std::move(secret));
}

std::optional<hub::IceServer> TurnServers::server_for(std::string_view source,
                                                      std::chrono::system_clock::time_point now) const {
  constexpr std::size_t pseudonym_letters = 16;  // enough that no two addresses share one
  const auto ends = std::chrono::ceil<std::chrono::seconds>(now) + options_.lifetime;
  const std::string user = sha256_hex(std::string(pseudonyms_).append(source)).substr(0, pseudonym_letters);
  auto made = auth::make_turn_credential(secret_, user, ends);
  if (!made) return std::nullopt;
  return hub::IceServer{.urls = options_.uris,
                        .username = std::move(made->username),
                        .credential = std::move(made->credential)};
}

}  // namespace parley::server
