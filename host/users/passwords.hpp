#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace parley::users {

/// What a guess costs whoever has stolen the file, and each sign-in this host: Argon2id with one lane (RFC 9106).
struct PasswordCost {
  /// More than a graphics card has for each of many guesses at once.
  std::size_t megabytes = 64;
  /// Some 0.1 s on a server of today.
  std::size_t passes = 2;
};

/// Turns passwords into what is kept of them. From any thread; at most `at_once` of them work, and as many wait as
/// there are places.
class Passwords {
 public:
  static constexpr std::size_t at_once = 2;
  static constexpr std::size_t most_waiting = 8;

  explicit Passwords(PasswordCost cost);

  /// As libsodium writes it, with its salt and its cost. Nothing where too many wait already, or memory is short.
  [[nodiscard]] std::optional<std::string> hash(std::string_view password) const;
  /// Whether it is the one that was hashed so. An empty `hash` is nobody's, and takes as long as one of the cost that new
  /// ones have. Nothing as above.
  [[nodiscard]] std::optional<bool> verify(std::string_view hash, std::string_view password) const;
  /// Whether it was hashed at another cost.
  [[nodiscard]] bool is_outdated(const std::string& hash) const;

 private:
  class Turn;

  const PasswordCost cost_;
  const std::string nobodys_;
  mutable std::mutex mutex_;
  mutable std::condition_variable free_;
  mutable std::size_t working_ = 0;
  mutable std::size_t waiting_ = 0;
};

}  // namespace parley::users
