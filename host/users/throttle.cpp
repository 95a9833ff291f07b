#include "users/throttle.hpp"

#include <algorithm>

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
  return entries_.contains(key);
}

void Throttle::greet(const std::string& key, hub::Instant now) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(bucket(key, now));
}

hub::TokenBucket& Throttle::bucket(const std::string& key, hub::Instant now) {
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() >= most) make_place(now);
    const hub::TokenBucket full(pace_.per_minute / hub::seconds_a_minute, pace_.at_once, now);
    found = entries_.emplace(key, Entry{.tries = full, .used = now}).first;
  }
  found->second.used = now;
  return found->second.tries;
}

void Throttle::make_place(hub::Instant now) {
  std::erase_if(entries_, [&](const auto& each) { return now - each.second.used >= pace_.remembered; });
  if (entries_.size() < most) return;
  entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.used; }));
}

}  // namespace parley::users
