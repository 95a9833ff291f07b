#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_set.hpp"
#include "auth/token.hpp"
#include "base/result.hpp"
#include "hub/credential.hpp"
#include "hub/time.hpp"
#include "server/epochs.hpp"
#include "users/accounts.hpp"

namespace parley::server {

/// Whose tokens the host takes.
struct TokenOptions {
  std::vector<std::filesystem::path> key_files;
  auth::TokenRules rules;
  std::filesystem::path epochs_file;
};

/// What tokens are worth, by the keys that there are now. From any thread.
class Tokens {
 public:
  /// Reads the keys. `accounts`, whose sign-ins are tokens, too, outlives it; null: there are none. The error is a
  /// sentence.
  [[nodiscard]] static Result<std::unique_ptr<Tokens>, std::string> read(TokenOptions options,
                                                                         const users::Accounts* accounts);
  /// Which invitations were withdrawn.
  [[nodiscard]] Epochs& epochs() { return epochs_; }

  /// Reads the keys again; those from before stay where that fails, and the error says why.
  [[nodiscard]] Result<void, std::string> reload();

  /// With the first key that can; nothing where none can.
  [[nodiscard]] std::optional<std::string> sign(auth::Claims claims, auth::Claims::Time now) const;

  [[nodiscard]] hub::Credential check(std::string_view token, hub::Instant now,
                                      std::chrono::system_clock::time_point wall_clock) const;

 private:
  Tokens(TokenOptions options, const users::Accounts* accounts, auth::KeySet keys, Epochs epochs)
      : options_(std::move(options)),
        accounts_(accounts),
        epochs_(std::move(epochs)),
        keys_(std::make_shared<const auth::KeySet>(std::move(keys))) {}

  [[nodiscard]] std::shared_ptr<const auth::KeySet> keys() const;
  [[nodiscard]] bool is_withdrawn(const auth::Claims& claims) const;

  [[nodiscard]] bool is_sign_in(std::string_view token) const;
  [[nodiscard]] hub::Credential check_sign_in(std::string_view token, hub::Instant now,
                                              auth::Claims::Time seconds) const;

  const TokenOptions options_;
  const users::Accounts* const accounts_;
  Epochs epochs_;
  mutable std::mutex mutex_;
  std::shared_ptr<const auth::KeySet> keys_;
};

}  // namespace parley::server
