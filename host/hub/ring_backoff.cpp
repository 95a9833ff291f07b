#include "hub/ring_backoff.hpp"

#include <algorithm>

namespace parley::hub {
namespace {

/// Twice the longest wait: whoever waits that long has been patient.
constexpr int memory_factor = 2;

constexpr std::size_t most_pairs = 10'000;

/// From here on the wait is the longest in any case.
constexpr std::size_t most_doublings = 16;

}  // namespace

Duration RingBackoff::wait(const std::string& caller, const std::string& callee, Instant now) const {
  const auto found = pairs_.find({caller, callee});
  return found == pairs_.end() ? Duration{} : std::max(Duration{}, found->second.until - now);
}

std::size_t RingBackoff::refusals(const std::string& caller, const std::string& callee) const {
  const auto found = pairs_.find({caller, callee});
  return found == pairs_.end() ? 0 : found->second.refusals;
}

void RingBackoff::refused(const std::string& caller, const std::string& callee, Duration rang, Instant now) {
  if (first_ <= Duration{}) return;
  while (!by_last_refusal_.empty() && by_last_refusal_.front().since + memory_factor * most_ <= now) {
    forget(pairs_.find(*by_last_refusal_.front().who));
  }
  const auto [at, is_new] = pairs_.try_emplace({caller, callee});
  if (!is_new) by_last_refusal_.leave(at->second.position);
  at->second.position = by_last_refusal_.join(at->first, now);
  const std::size_t again = at->second.refusals++;
  if (again > 0) {
    // Who lets it ring for long blocks the callee for as long, so the pause is no shorter.
    const auto doubled = std::clamp(rang, first_, most_) * (1 << std::min(again - 1, most_doublings));
    at->second.until = now + std::min<Duration>(most_, doubled);
  }
  if (pairs_.size() > most_pairs) forget(pairs_.find(*by_last_refusal_.front().who));
}

void RingBackoff::accepted(const std::string& caller, const std::string& callee) {
  if (const auto found = pairs_.find({caller, callee}); found != pairs_.end()) forget(found);
}

void RingBackoff::forget(Pairs::iterator pair) {
  by_last_refusal_.leave(pair->second.position);
  pairs_.erase(pair);
}

}  // namespace parley::hub
