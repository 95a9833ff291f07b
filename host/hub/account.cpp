#include "hub/account.hpp"

namespace parley::hub {
namespace {

TokenBucket bucket(double per_minute, std::size_t burst, const Source& source, Instant now) {
  const auto factor = source.key.empty() ? 0.0 : static_cast<double>(share_of(source.local));
  return {per_minute * factor / seconds_a_minute, static_cast<double>(burst) * factor, now};
}

}  // namespace

Account::Account(const Source& source, const Limits& limits, Instant now)
    : key(source.key),
      local(source.local),
      joins(bucket(limits.joins_per_minute, limits.places_per_address, source, now)),
      registrations(bucket(limits.registrations_per_minute, limits.names_per_address, source, now)),
      rings(bucket(limits.rings_per_address, static_cast<std::size_t>(limits.rings_per_address), source,
                   now)) {}

}  // namespace parley::hub
