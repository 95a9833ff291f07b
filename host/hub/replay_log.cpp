#include "hub/replay_log.hpp"

#include <utility>

namespace parley::hub {
namespace {

// An empty log keeps room for so many, which is more than are usually on their way.
constexpr std::size_t kept_places = 16;

}  // namespace

std::uint64_t ReplayLog::append(std::shared_ptr<const Event> event) {
  const std::size_t bytes = footprint(event->body);
  share_.set(share_.bytes() + bytes);
  entries_.push_back({++last_, std::move(event), bytes});
  while (!entries().empty() && (entries().size() > max_messages_ || share_.bytes() > max_bytes_)) {
    forgotten_ = entries().front().seq;
    drop_oldest();
  }
  return last_;
}

void ReplayLog::acknowledge(std::uint64_t seq) {
  while (!entries().empty() && entries().front().seq <= seq) drop_oldest();
}

void ReplayLog::drop_oldest() {
  Entry& oldest = entries_[dropped_++];
  share_.set(share_.bytes() - oldest.bytes);
  oldest.event.reset();
  if (dropped_ == entries_.size()) {
    entries_.clear();
    dropped_ = 0;
    if (entries_.capacity() > kept_places) entries_.shrink_to_fit();
  } else if (dropped_ > entries_.size() / 2) {
    // No more are moved than were dropped since the last time.
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(dropped_));
    dropped_ = 0;
  }
}

}  // namespace parley::hub
