#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <list>
#include <optional>

#include "hub/time.hpp"

namespace parley::hub {

/// Waiters that all wait for equally long, so that the first to join is the first to be due. Joining, leaving
/// from anywhere and asking for the next one cost O(1). List nodes are reused, so that a busy queue allocates
/// nothing.
template <class T>
class TimeoutQueue {
 public:
  struct Entry {
    T* who;
    Instant since;
  };
  using Position = typename std::list<Entry>::iterator;

  [[nodiscard]] Position join(T& who, Instant now) {
    if (unused_.empty()) return queue_.insert(queue_.end(), Entry{&who, now});
    queue_.splice(queue_.end(), unused_, unused_.begin());
    queue_.back() = {&who, now};
    return std::prev(queue_.end());
  }

  void leave(Position position) { unused_.splice(unused_.begin(), queue_, position); }

  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] const Entry& front() const { return queue_.front(); }
  /// When the first one has waited for this long.
  [[nodiscard]] std::optional<Instant> due(Duration wait) const {
    return empty() ? std::nullopt : std::optional(front().since + wait);
  }

 private:
  std::list<Entry> queue_;
  std::list<Entry> unused_;
};

/// Of what each queue is due next.
[[nodiscard]] inline std::optional<Instant> earlier(std::optional<Instant> one,
                                                    std::optional<Instant> other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

[[nodiscard]] inline bool is_over(std::optional<Instant> due, Instant now) {
  return due && *due <= now;
}

}  // namespace parley::hub
