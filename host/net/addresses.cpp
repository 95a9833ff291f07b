#include "net/addresses.hpp"

#include <algorithm>
#include <chrono>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"

namespace parley::net {
namespace {

constexpr std::chrono::seconds between_lines{1};

std::string_view name_of(Held what) {
  switch (what) {
    case Held::connection:
      return "connections-per-address";
    case Held::engine_io_session:
      return "engine-io-sessions-per-address";
    case Held::whip_session:
      return "whip-sessions-per-address";
  }
  return {};
}

std::string_view name_of(Pace what) {
  switch (what) {
    case Pace::handshake:
      return "handshakes-per-second";
    case Pace::request:
      return "requests-per-second";
    case Pace::token:
      return "tokens-per-second";
  }
  return {};
}

std::size_t most(const AddressLimits& limits, Held what) {
  switch (what) {
    case Held::connection:
      return limits.connections;
    case Held::engine_io_session:
      return limits.engine_io_sessions;
    case Held::whip_session:
      return limits.whip_sessions;
  }
  return 0;
}

}  // namespace

struct Addresses::Client : hub::AtAddress<Client> {
  Client(const hub::Source& source, const AddressLimits& limits, hub::Instant now)
      : key(source.key),
        share(hub::share_of(source.local)),
        buckets{bucket(limits.handshakes_per_second, limits.handshake_burst, now),
                bucket(limits.requests_per_second, limits.request_burst, now),
                bucket(limits.tokens_per_second, limits.token_burst, now)} {}

  [[nodiscard]] hub::TokenBucket bucket(double per_second, double burst, hub::Instant now) const {
    const auto times = static_cast<double>(share);
    return {times * per_second, times * burst, now};
  }
  [[nodiscard]] std::size_t& held_of(Held what) { return held[static_cast<std::size_t>(what)]; }
  [[nodiscard]] hub::TokenBucket& bucket_of(Pace what) { return buckets[static_cast<std::size_t>(what)]; }

  const std::string key;
  const std::size_t share;
  std::array<std::size_t, 3> held{};
  std::array<hub::TokenBucket, 3> buckets;
  hub::Instant silent_until{};  // in the log
  std::uint64_t untold = 0;     // refusals meanwhile
  hub::Instant noted_until{};   // for lines that tell of none
};

Addresses::Addresses(AddressLimits limits) : limits_(limits), clients_(limits) {}

Addresses::~Addresses() = default;

Addresses::Place& Addresses::Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  leave();
  all_ = other.all_;
  client_ = std::exchange(other.client_, nullptr);
  what_ = other.what_;
  return *this;
}

void Addresses::Place::leave() noexcept {
  if (client_ == nullptr) return;
  const std::lock_guard lock(all_->mutex_);
  Client& client = *std::exchange(client_, nullptr);
  --client.held_of(what_);
  // Without memory it stays in the table, for the next of this address.
  memory_reserve::survives([&] { all_->clients_.close(client, std::chrono::steady_clock::now()); });
}

std::optional<Addresses::Place> Addresses::take(const hub::Source& source, Held what, hub::Instant now) {
  {
    const std::lock_guard lock(mutex_);
    Client& client = clients_.open(source, now);
    std::size_t& held = client.held_of(what);
    if (held < client.share * most(limits_, what)) {
      ++held;
      return Place(*this, client, what);
    }
    clients_.close(client, now);
  }
  refuse_and_log(source, name_of(what), now);
  return std::nullopt;
}

bool Addresses::may(const hub::Source& source, Pace what, hub::Instant now) {
  {
    const std::lock_guard lock(mutex_);
    Client& client = clients_.open(source, now);
    const bool may = client.bucket_of(what).take(now);
    clients_.close(client, now);
    if (may) return true;
  }
  refuse_and_log(source, name_of(what), now);
  return false;
}

std::uint64_t Addresses::refuse(const hub::Source& source, std::string_view what, hub::Instant now) {
  const std::lock_guard lock(mutex_);
  auto known = std::ranges::find(refusals_, what, &decltype(refusals_)::value_type::first);
  if (known == refusals_.end()) known = refusals_.insert(refusals_.end(), {what, 0});
  ++known->second;
  Client& client = clients_.open(source, now);
  ++client.untold;
  std::uint64_t told = 0;
  if (now >= client.silent_until) {
    client.silent_until = now + between_lines;
    told = std::exchange(client.untold, 0);
  }
  clients_.close(client, now);
  return told;
}

bool Addresses::is_note_due(const hub::Source& source, hub::Instant now) {
  const std::lock_guard lock(mutex_);
  Client& client = clients_.open(source, now);
  const bool due = now >= client.noted_until;
  if (due) client.noted_until = now + between_lines;
  clients_.close(client, now);
  return due;
}

void Addresses::refuse_and_log(const hub::Source& source, std::string_view limit, hub::Instant now) {
  if (const auto times = refuse(source, limit, now); times > 0)
    log::line(log::Level::warn, "limit", {{"limit", limit}, {"address", source.key}, {"times", times}});
}

std::vector<std::pair<std::string_view, std::uint64_t>> Addresses::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

std::size_t Addresses::size() const {
  const std::lock_guard lock(mutex_);
  return clients_.size();
}

}  // namespace parley::net
