#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "hub/config.hpp"
#include "hub/time.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

/// A caller that has rung somebody in vain may try again once, and then waits longer each time. Pairs are
/// forgotten after a while without a call, and the oldest when there are very many.
class RingBackoff {
 public:
  explicit RingBackoff(const Limits& limits) : first_(limits.ring_backoff), most_(limits.ring_backoff_most) {}
  RingBackoff(const RingBackoff&) = delete;
  RingBackoff& operator=(const RingBackoff&) = delete;

  /// For how long this caller must not ring this callee.
  [[nodiscard]] Duration wait(const std::string& caller, const std::string& callee, Instant now) const;
  /// How many calls in a row were in vain.
  [[nodiscard]] std::size_t refusals(const std::string& caller, const std::string& callee) const;
  /// The caller has rung for this long in vain.
  void refused(const std::string& caller, const std::string& callee, Duration rang, Instant now);
  void accepted(const std::string& caller, const std::string& callee);
  [[nodiscard]] std::size_t size() const { return pairs_.size(); }

 private:
  struct Pair;
  using Key = std::pair<std::string, std::string>;
  using Pairs = std::map<Key, Pair>;
  struct Pair {
    std::size_t refusals = 0;
    Instant until{};
    TimeoutQueue<const Key>::Position position{};
  };

  void forget(Pairs::iterator pair);

  Duration first_;
  Duration most_;
  Pairs pairs_;
  TimeoutQueue<const Key> by_last_refusal_;
};

}  // namespace parley::hub
