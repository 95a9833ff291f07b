#include "hub/account.hpp"

#include <chrono>

namespace parley::hub {
namespace {

constexpr double seconds_a_minute = 60;

/// So long that a bucket is as good as full again.
constexpr std::chrono::minutes remembered_for{10};

/// What a table of those who are gone may hold.
constexpr std::size_t most_remembered = 10'000;

TokenBucket bucket(double per_minute, std::size_t burst, const Source& source, Instant now) {
  const auto factor = source.key.empty() ? 0.0 : static_cast<double>(Account::factor(source.local));
  return {per_minute * factor / seconds_a_minute, static_cast<double>(burst) * factor, now};
}

}  // namespace

Account::Account(const Source& source, const Limits& limits, Instant now)
    : key(source.key),
      local(source.local),
      registrations(bucket(limits.registrations_per_minute, limits.names_per_address, source, now)),
      rings(bucket(limits.rings_per_address, static_cast<std::size_t>(limits.rings_per_address), source,
                   now)) {}

Account& Accounts::open(const Source& source, Instant now) {
  while (!idle_.empty() && idle_.front().since + remembered_for <= now) forget_oldest();
  auto found = accounts_.find(source.key);
  if (found == accounts_.end()) {
    found = accounts_.try_emplace(source.key, source, limits_, now).first;
  }
  Account& account = found->second;
  if (account.idle) idle_.leave(*account.idle);
  account.idle.reset();
  ++account.uses;
  return account;
}

void Accounts::close(Account& account, Instant now) {
  if (--account.uses > 0) return;
  account.idle = idle_.join(account, now);
  if (idle_.size() > most_remembered) forget_oldest();
}

void Accounts::release(Account*& account, Instant now) {
  if (account != nullptr) close(*account, now);
  account = nullptr;
}

void Accounts::forget_oldest() {
  Account& account = *idle_.front().who;
  idle_.leave(*account.idle);
  accounts_.erase(accounts_.find(account.key));
}

}  // namespace parley::hub
