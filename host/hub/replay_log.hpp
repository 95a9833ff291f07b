#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "hub/byte_share.hpp"
#include "hub/event.hpp"

namespace parley::hub {

/// The events of one session that its client has not acknowledged yet, numbered 1, 2, 3, …, kept for a
/// resume. It is bounded: when it is full the oldest is forgotten, and whoever did not get that one cannot
/// resume any more.
class ReplayLog {
 public:
  struct Entry {
    std::uint64_t seq;
    std::shared_ptr<const Event> event;
    std::size_t bytes;
  };

  /// What it keeps counts into `share`.
  ReplayLog(std::size_t max_messages, std::size_t max_bytes, ByteShare share = {})
      : max_messages_(max_messages), max_bytes_(max_bytes), share_(std::move(share)) {}

  /// Keeps the next event and says which number it has.
  std::uint64_t append(std::shared_ptr<const Event> event);
  /// Forgets what has arrived.
  void acknowledge(std::uint64_t seq);

  /// Whether all events after this one are still here (and this one was ever sent).
  [[nodiscard]] bool complete_after(std::uint64_t seq) const { return seq >= forgotten_ && seq <= last_; }
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] std::size_t bytes() const { return share_.bytes(); }
  /// The newest event that was given up without an acknowledgement; 0 where there is none.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
  /// Oldest first.
  [[nodiscard]] std::span<const Entry> entries() const { return std::span(entries_).subspan(dropped_); }

 private:
  void drop_oldest();

  std::size_t max_messages_;
  std::size_t max_bytes_;
  ByteShare share_;
  std::uint64_t last_ = 0;
  std::uint64_t forgotten_ = 0;
  // One block that is used again: whoever acknowledges at once never needs more than a line or two of it.
  std::vector<Entry> entries_;
  std::size_t dropped_ = 0;  // of entries_, from the front; their events are gone
};

}  // namespace parley::hub
