#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

#include "base/processor.hpp"

namespace parley {
inline namespace base {

/// A few slots for objects that are not in use, which any thread may take from and put into. Each processor
/// has its own slots: what a thread takes is still in that processor's cache, and threads on two processors
/// do not contend.
template <class T, std::size_t count>
class PerProcessorSlots {
 public:
  /// Null where all slots of this processor are empty.
  [[nodiscard]] T* take() {
    for (auto& slot : here()) {
      // Read before it is written: looking into an empty slot costs no other processor its cache line.
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* object = slot.exchange(nullptr, std::memory_order_acquire)) return object;
    }
    return nullptr;
  }

  /// False where all slots of this processor are full.
  [[nodiscard]] bool put(T* object) {
    for (auto& slot : here()) {
      T* current = slot.load(std::memory_order_relaxed);
      if (current == nullptr &&
          slot.compare_exchange_strong(current, object, std::memory_order_release, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

  /// An object of any processor; null once all slots are empty.
  [[nodiscard]] T* take_any() {
    for (auto& slots : processors_) {
      for (auto& slot : slots) {
        if (T* object = slot.exchange(nullptr, std::memory_order_acquire)) return object;
      }
    }
    return nullptr;
  }

 private:
  // With more processors than these, several share their slots: slower, but correct.
  static constexpr std::size_t processor_count = 16;
  static constexpr std::size_t cache_line = 64;
  struct alignas(cache_line) Slots : std::array<std::atomic<T*>, count> {};

  Slots& here() { return processors_[this_processor() % processor_count]; }

  std::array<Slots, processor_count> processors_{};
};

/// Keeps a few objects that are costly to make. One for each of ten thousand threads would take more memory
/// than all the rest of them, but only as many threads run at once as there are processors, and each gets its
/// object from that processor's cache. When the pool is empty it makes an object, and when it is full it
/// destroys one.
template <class T, std::size_t kept = 8>
class ObjectPool {
 public:
  ObjectPool() = default;
  ObjectPool(const ObjectPool&) = delete;
  ObjectPool& operator=(const ObjectPool&) = delete;
  ~ObjectPool() {
    while (const auto object = std::unique_ptr<T>(slots_.take_any())) {
    }
  }

  [[nodiscard]] std::unique_ptr<T> take() {
    if (T* object = slots_.take()) return std::unique_ptr<T>(object);
    return std::make_unique<T>();
  }

  /// The next one to take it gets it as it is.
  void give_back(std::unique_ptr<T> object) {
    if (slots_.put(object.get())) static_cast<void>(object.release());
  }

 private:
  PerProcessorSlots<T, kept> slots_;
};

}  // namespace base
}  // namespace parley
