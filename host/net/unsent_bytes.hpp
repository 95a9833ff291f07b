#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace parley::net {

/// What waits in outboxes, of all of them together. Outlives whoever adds to it.
using UnsentBytes = std::shared_ptr<std::atomic<std::size_t>>;

/// One outbox's part of that. One thread at a time sets it, any reads it.
class UnsentShare {
 public:
  explicit UnsentShare(UnsentBytes all) : all_(std::move(all)) {}
  UnsentShare(const UnsentShare&) = delete;
  UnsentShare& operator=(const UnsentShare&) = delete;
  ~UnsentShare() { set(0); }

  [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  void set(std::size_t bytes) {
    const std::size_t before = bytes_.load(std::memory_order_relaxed);
    if (bytes == before) return;  // a client that reads adds nothing, and touches nobody else's cache line
    bytes_.store(bytes, std::memory_order_relaxed);
    if (all_) all_->fetch_add(bytes - before, std::memory_order_relaxed);
  }

 private:
  const UnsentBytes all_;
  std::atomic<std::size_t> bytes_ = 0;
};

}  // namespace parley::net
