#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "base/name_map.hpp"
#include "hub/time.hpp"
#include "hub/token_bucket.hpp"

namespace parley::users {

/// How often somebody may try, by whatever tells them from others. From any thread.
class Throttle {
 public:
  struct Pace {
    double per_minute = 0;
    double at_once = 0;
    std::chrono::hours remembered{1};  ///< after the last try
  };

  // Each is some 150 bytes. Past that many, those who have tried the least lately are forgotten.
  static constexpr std::size_t most = 20'000;

  explicit Throttle(Pace pace) : pace_(pace) {}

  /// Counts this time. How long to wait instead where it is one too many; else 0.
  [[nodiscard]] hub::Duration take(const std::string& key, hub::Instant now);
  [[nodiscard]] bool knows(const std::string& key) const;
  /// Makes it known, and counts nothing.
  void greet(const std::string& key, hub::Instant now);

 private:
  struct Entry {
    hub::TokenBucket tries;
    hub::Instant used;
  };

  hub::TokenBucket& bucket(const std::string& key, hub::Instant now);
  void make_place(hub::Instant now);

  const Pace pace_;
  mutable std::mutex mutex_;
  NameMap<Entry> entries_;
};

}  // namespace parley::users
