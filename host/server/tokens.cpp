#include "server/tokens.hpp"

#include <algorithm>
#include <utility>

namespace parley::server {
namespace {

// Whose time is this long is as good as without end, and no sum with it overflows.
constexpr std::chrono::hours longest_stay{24 * 365};

hub::Credential fault(hub::ErrorCode code) {
  return {.fault = hub::Credential::Fault{.code = code, .sentence = auth::sentence_of(code)}};
}

hub::Credential pass_of(auth::Claims claims, hub::Instant now, auth::Claims::Time seconds,
                        std::optional<std::uint64_t> sign_in) {
  const auto left = std::min<std::chrono::seconds>(claims.ends - seconds, longest_stay);
  return {.pass = std::make_shared<const hub::Pass>(hub::Pass{.identity = std::move(claims.identity),
                                                              .name = std::move(claims.name),
                                                              .rooms = std::move(claims.rooms),
                                                              .sims = std::move(claims.sims),
                                                              .may = claims.may,
                                                              .ends = now + left,
                                                              .sign_in = sign_in})};
}

}  // namespace

Result<std::unique_ptr<Tokens>, std::string> Tokens::read(TokenOptions options,
                                                          const users::Accounts* accounts) {
  auto keys = auth::KeySet::read(options.key_files);
  if (!keys) return Failure(std::move(keys.error()));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto epochs = Epochs::read(options.epochs_file, now);
  if (!epochs) return Failure(std::move(epochs.error()));
  return std::unique_ptr<Tokens>(
      new Tokens(std::move(options), accounts, *std::move(keys), *std::move(epochs)));
}

Result<void, std::string> Tokens::reload() {
  auto read = auth::KeySet::read(options_.key_files);
  if (!read) return Failure(std::move(read.error()));
  auto keys = std::make_shared<const auth::KeySet>(*std::move(read));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  return {};
}

std::shared_ptr<const auth::KeySet> Tokens::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::optional<std::string> Tokens::sign(auth::Claims claims, auth::Claims::Time now) const {
  const auto all = keys();
  const auth::Key* const signer = all->signer();
  if (signer == nullptr) return std::nullopt;
  claims.issuer = options_.rules.issuer;
  claims.audience = options_.rules.audience;
  return auth::make_token(claims, *signer, now);
}

/// Who wrote the claim into a token of several rooms meant something else by it.
bool Tokens::is_withdrawn(const auth::Claims& claims) const {
  return claims.epoch &&
         (claims.rooms.all().size() != 1 || *claims.epoch < epochs_.of(claims.rooms.all().front()));
}

/// The accounts' key signs nothing else, and no other key signs for an account.
bool Tokens::is_sign_in(std::string_view token) const {
  return accounts_ != nullptr && auth::key_id_of(token) == accounts_->keys().keys().front().id();
}

hub::Credential Tokens::check_sign_in(std::string_view token, hub::Instant now,
                                      auth::Claims::Time seconds) const {
  auto claims = auth::check_token(token, accounts_->keys(), {}, seconds);
  if (!claims) return fault(claims.error());
  const auto sign_in = claims->epoch.value_or(0);
  if (!accounts_->is_current(claims->identity, sign_in))
    return {.fault = hub::Credential::Fault{.code = hub::ErrorCode::token_revoked,
                                            .sentence = "You were signed out: sign in again."}};
  return pass_of(*std::move(claims), now, seconds, sign_in);
}

hub::Credential Tokens::check(std::string_view token, hub::Instant now,
                              std::chrono::system_clock::time_point wall_clock) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall_clock);
  if (is_sign_in(token)) return check_sign_in(token, now, seconds);
  auto claims = auth::check_token(token, *keys(), options_.rules, seconds);
  if (!claims) return fault(claims.error());
  if (is_withdrawn(*claims)) return fault(hub::ErrorCode::token_revoked);
  return pass_of(*std::move(claims), now, seconds, std::nullopt);
}

}  // namespace parley::server
