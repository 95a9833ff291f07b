#include "users/throttle.hpp"

namespace parley::users {

hub::Duration Throttle::take(const std::string& key, hub::Instant now) {
  const std::lock_guard lock(mutex_);
  hub::TokenBucket& tries = bucket(key, now);
  const auto wait = tries.wait(now);
  static_cast<void>(tries.take(now));
  return wait;
}

bool Throttle::knows(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return buckets_.contains(key);
}

void Throttle::greet(const std::string& key, hub::Instant now) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(bucket(key, now));
}

hub::TokenBucket& Throttle::bucket(const std::string& key, hub::Instant now) {
  if (const auto found = buckets_.find(key); found != buckets_.end()) return found->second;
  if (buckets_.size() >= most) make_place(now);
  return buckets_.try_emplace(key, pace_.per_minute / hub::seconds_a_minute, pace_.at_once, now)
      .first->second;
}

/// Whoever has all their tries again needs no memory of them. Where that is nobody, anybody goes: a new one has no more.
void Throttle::make_place(hub::Instant now) {
  std::erase_if(buckets_, [now](const auto& each) { return hub::TokenBucket(each.second).full(now); });
  if (buckets_.size() >= most) buckets_.erase(buckets_.begin());
}

}  // namespace parley::users
