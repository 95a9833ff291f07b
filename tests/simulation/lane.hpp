#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "virtual_time.hpp"

namespace parley::simulation {

/// Tasks that are each delayed at random but never overtake each other: one direction of a socket, of a data
/// channel, or a browser's task queue. What is on its way when the lane is cleared or destroyed is lost.
class Lane {
 public:
  explicit Lane(VirtualTime& time) : time_(time) {}

  void after(Duration delay, VirtualTime::Task task) {
    latest_ = std::max(latest_, time_.now() + delay);
    tasks_->push_back(std::move(task));
    time_.at(latest_, [weak = std::weak_ptr(tasks_)] {
      const auto tasks = weak.lock();
      if (!tasks) return;
      const VirtualTime::Task next = std::move(tasks->front());
      tasks->pop_front();
      next();
    });
  }

  [[nodiscard]] bool empty() const { return tasks_->empty(); }

  void clear() { tasks_ = std::make_shared<std::deque<VirtualTime::Task>>(); }

 private:
  VirtualTime& time_;
  Instant latest_{};
  std::shared_ptr<std::deque<VirtualTime::Task>> tasks_ = std::make_shared<std::deque<VirtualTime::Task>>();
};

}  // namespace parley::simulation
