#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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
class TurnServers {
 public:
  /// Reads the secret. The error is a sentence, without it.
  [[nodiscard]] static Result<TurnServers, std::string> read(const TurnOptions& options);

  /// For whoever has this name; to the TURN server it is a pseudonym.
  [[nodiscard]] hub::IceServer server_for(std::string_view user,
                                          std::chrono::system_clock::time_point now) const;

 private:
  TurnServers(TurnOptions options, std::string secret)
      : options_(std::move(options)), secret_(std::move(secret)) {}

  TurnOptions options_;
  std::string secret_;
};

}  // namespace parley::server
