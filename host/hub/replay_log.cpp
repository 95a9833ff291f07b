#include "hub/replay_log.hpp"

#include <utility>

namespace parley::hub {

std::uint64_t ReplayLog::append(std::shared_ptr<const Event> event) {
  const std::size_t bytes = footprint(event->body);
  bytes_ += bytes;
  entries_.push_back({++last_, std::move(event), bytes});
  while (!entries_.empty() && (entries_.size() > max_messages_ || bytes_ > max_bytes_)) {
    forgotten_ = entries_.front().seq;
    drop_oldest();
  }
  return last_;
}

void ReplayLog::acknowledge(std::uint64_t seq) {
  while (!entries_.empty() && entries_.front().seq <= seq) drop_oldest();
}

void ReplayLog::drop_oldest() {
  bytes_ -= entries_.front().bytes;
  entries_.pop_front();
}

}  // namespace parley::hub
