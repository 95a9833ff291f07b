#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "deadline.hpp"
#include "limits.hpp"

namespace parley {

/// A sequence number: 1, 2, 3, … in one direction of one stream; 0 is before the first.
using Sequence = std::uint64_t;

/// The sending side of a stream that survives its carrier: keeps each message until it is acknowledged, so
/// that the next carrier (socket or data channel) can be given what the last one lost.
class ReliableSender {
 public:
  struct Entry {
    Sequence sequence;
    std::string text;
  };

  [[nodiscard]] Sequence next() const { return next_; }
  /// The oldest that is kept, or else the next.
  [[nodiscard]] Sequence first() const { return entries_.empty() ? next_ : entries_.front().sequence; }
  [[nodiscard]] bool full() const {
    return entries_.size() >= limits.unacknowledged || bytes_ >= limits.unacknowledged_bytes;
  }
  [[nodiscard]] const std::deque<Entry>& unacknowledged() const { return entries_; }

  void keep(std::string text) {
    bytes_ += text.size();
    entries_.push_back({.sequence = next_++, .text = std::move(text)});
  }

  void acknowledge(Sequence sequence) {
    while (!entries_.empty() && entries_.front().sequence <= sequence) give_up_oldest();
  }

  /// Makes room: this one cannot be replayed any more.
  void give_up_oldest() {
    bytes_ -= entries_.front().text.size();
    entries_.pop_front();
  }

 private:
  Sequence next_ = 1;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

/// The receiving side: lets each message through once, in order, and knows when an acknowledgement is owed.
class ReliableReceiver {
 public:
  enum class Verdict { accept, duplicate, gap };

  ReliableReceiver() = default;
  /// Joins a stream in its middle.
  explicit ReliableReceiver(Sequence first) : last_(first == 0 ? 0 : first - 1), acknowledged_(last_) {}

  [[nodiscard]] Verdict receive(Sequence sequence, Instant now) {
    if (sequence <= last_) {
      // The sender has not heard that we have it.
      ack_due_ = earliest(ack_due_, now + limits.ack_delay);
      return Verdict::duplicate;
    }
    if (sequence != last_ + 1) return Verdict::gap;
    last_ = sequence;
    const bool at_once = last_ - acknowledged_ >= limits.ack_every;
    ack_due_ = earliest(ack_due_, at_once ? now : now + limits.ack_delay);
    return Verdict::accept;
  }

  /// What is missing before this one will not come any more.
  void give_up_before(Sequence sequence) { last_ = std::max(last_, sequence - 1); }

  [[nodiscard]] Sequence last() const { return last_; }
  [[nodiscard]] const Deadline& ack_due() const { return ack_due_; }

  /// The number to acknowledge, which is then no longer owed.
  [[nodiscard]] Sequence acknowledge() {
    acknowledged_ = last_;
    ack_due_.reset();
    return last_;
  }

 private:
  Sequence last_ = 0;
  Sequence acknowledged_ = 0;
  Deadline ack_due_;
};

}  // namespace parley
