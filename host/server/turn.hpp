#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "hub/config.hpp"

namespace parley::server {

/// The TURN servers of this host, and the secret that it shares with them.
struct TurnOptions {
  std::vector<std::string> uris;  ///< RFC 7065
  std::filesystem::path secret_file;
  /// How long a credential lasts. Longer than a call: a relay that is in use goes on after its end, another needs a new
  /// one.
  std::chrono::seconds lifetime{86'400};
};

/// Makes each client a credential of its own, which ends.
///
/// To the TURN server all clients of one address are one user, whose relays it may limit: ids and names cost nothing.
class TurnServers {
 public:
  /// Whoever has one credential can try secrets, as fast as they can hash.
  static constexpr std::size_t least_secret_bytes = 16;

  /// Reads the secret. The error is a sentence, without it.
  [[nodiscard]] static Result<TurnServers, std::string> read(const TurnOptions& options);

  /// For whoever comes from there; to the TURN server that is a pseudonym, another after each start. Nothing where
  /// OpenSSL makes none.
  [[nodiscard]] std::optional<hub::IceServer> server_for(std::string_view source,
                                                         std::chrono::system_clock::time_point now) const;

 private:
  TurnServers(TurnOptions options, std::string secret)
      : options_(std::move(options)), secret_(std::move(secret)) {}

  TurnOptions options_;
  std::string secret_;
  std::string pseudonyms_ = random_secret();
};

}  // namespace parley::server
