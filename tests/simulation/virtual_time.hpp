#pragma once

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "random.hpp"

namespace parley::simulation {

/// The one clock and the one thread of a schedule: tasks in the order of their instants. What falls on the
/// same instant runs in an order drawn from the seed, so that nothing can rely on it.
class VirtualTime {
 public:
  using Task = std::function<void()>;

  explicit VirtualTime(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Random& random() { return random_; }

  void at(Instant when, Task task) {
    tasks_.push({.when = std::max(when, now_), .tie = random_.next(), .task = std::move(task)});
  }
  void after(Duration delay, Task task) { at(now_ + delay, std::move(task)); }

  /// Runs what is due up to `end`, and stands there.
  void run_until(Instant end) {
    while (!tasks_.empty() && tasks_.top().when <= end) {
      now_ = tasks_.top().when;
      const Task task = tasks_.top().task;
      tasks_.pop();
      task();
    }
    now_ = end;
  }
  void run_for(Duration span) { run_until(now_ + span); }

 private:
  struct Entry {
    Instant when;
    std::uint64_t tie;
    Task task;
    bool operator<(const Entry& other) const {  // priority_queue has its greatest on top
      return when != other.when ? when > other.when : tie > other.tie;
    }
  };

  Instant now_{};
  Random random_;
  std::priority_queue<Entry> tasks_;
};

}  // namespace parley::simulation
