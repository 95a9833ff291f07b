#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "hub/dialect.hpp"

namespace parley::hub {

/// What each dialect made of an event, so that one with many recipients is written once a dialect and not
/// once a recipient. Outboxes are drained by several threads at once: the first to finish writing wins, the
/// others use what it wrote.
class Encodings {
 public:
  Encodings() = default;
  Encodings(const Encodings&) = delete;
  Encodings& operator=(const Encodings&) = delete;
  ~Encodings() {
    for (auto& text : texts_) delete text.load(std::memory_order_acquire);
  }

  /// The text in that dialect; `write` makes it the first time.
  template <class Write>
  const std::string& in(Dialect dialect, Write&& write) const {
    auto& text = texts_[static_cast<std::size_t>(dialect)];
    if (const std::string* known = text.load(std::memory_order_acquire)) return *known;
    auto written = std::make_unique<const std::string>(write());
    const std::string* expected = nullptr;
    if (text.compare_exchange_strong(expected, written.get(), std::memory_order_acq_rel))
      return *written.release();
    return *expected;
  }

 private:
  mutable std::array<std::atomic<const std::string*>, dialect_count> texts_{};
};

}  // namespace parley::hub
