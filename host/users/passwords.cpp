#include "users/passwords.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace parley::users {
namespace {

std::optional<std::string> hash_at(PasswordCost cost, std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), cost.passes,
                            cost.megabytes * 1024 * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return std::nullopt;
  return std::string(hash.data());
}

std::string make_nobodys(PasswordCost cost) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium finds no random numbers");
  auto hash = hash_at(cost, "nobody's");
  if (!hash) throw std::runtime_error("there is no memory for --password-mb");
  return *std::move(hash);
}

}  // namespace

/// The right to use memory and a processor for one password.
class Passwords::Turn {
 public:
  explicit Turn(const Passwords& all) : all_(all) {
    std::unique_lock lock(all_.mutex_);
    if (all_.working_ >= at_once && all_.waiting_ >= most_waiting) return;
    ++all_.waiting_;
    all_.free_.wait(lock, [&] { return all_.working_ < at_once; });
    --all_.waiting_;
    ++all_.working_;
    given_ = true;
  }
  ~Turn() {
    if (!given_) return;
    const std::lock_guard lock(all_.mutex_);
    --all_.working_;
    all_.free_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  [[nodiscard]] bool given() const { return given_; }

 private:
  const Passwords& all_;
  bool given_ = false;
};

Passwords::Passwords(PasswordCost cost) : cost_(cost), nobodys_(make_nobodys(cost)) {}

std::optional<std::string> Passwords::hash(std::string_view password) const {
  const Turn turn(*this);
  return turn.given() ? hash_at(cost_, password) : std::nullopt;
}

std::optional<bool> Passwords::verify(std::string_view hash, std::string_view password) const {
  const Turn turn(*this);
  if (!turn.given()) return std::nullopt;
  const std::string kept(hash.empty() ? nobodys_ : hash);
  errno = 0;
  const bool is_right = crypto_pwhash_str_verify(kept.c_str(), password.data(), password.size()) == 0;
  if (!is_right && errno == ENOMEM) return std::nullopt;
  return is_right && !hash.empty();
}

bool Passwords::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.megabytes * 1024 * 1024) != 0;
}

}  // namespace parley::users
