#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

#include "hub/processor.hpp"

namespace parley::hub {

/// A few places for what is not in use now, that any thread may take from and put into. Each processor has
/// its own: what a thread takes is still in that processor's cache, and no two of them wait for one place.
template <class T, std::size_t count>
class SparePlaces {
 public:
  /// Null where all of this processor's places are empty.
  [[nodiscard]] T* take() {
    for (auto& place : here()) {
      // Looked at before it is written to: an empty place costs no other processor its cache line.
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* spare = place.exchange(nullptr, std::memory_order_acquire)) return spare;
    }
    return nullptr;
  }

  /// False where all of this processor's places are taken.
  [[nodiscard]] bool put(T* spare) {
    for (auto& place : here()) {
      T* taken = place.load(std::memory_order_relaxed);
      if (taken == nullptr &&
          place.compare_exchange_strong(taken, spare, std::memory_order_release, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

  /// Whatever there is, of any processor; null once all places are empty.
  [[nodiscard]] T* take_any() {
    for (auto& places : processors_) {
      for (auto& place : places) {
        if (T* spare = place.exchange(nullptr, std::memory_order_acquire)) return spare;
      }
    }
    return nullptr;
  }

 private:
  // More processors than these share places, which is slower and no less right.
  static constexpr std::size_t processor_count = 16;
  static constexpr std::size_t cache_line = 64;
  struct alignas(cache_line) Places : std::array<std::atomic<T*>, count> {};

  Places& here() { return processors_[this_processor() % processor_count]; }

  std::array<Places, processor_count> processors_{};
};

/// A few objects that are costly to make and not in use now. Ten thousand threads that kept one each would
/// spend more memory than all the rest of them; but only as many as there are processors run at once, and
/// whoever takes one here gets it warm. More than fit are made and destroyed as they come.
template <class T, std::size_t kept = 8>
class Spares {
 public:
  Spares() = default;
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;
  ~Spares() {
    while (const auto spare = std::unique_ptr<T>(places_.take_any())) {
    }
  }

  [[nodiscard]] std::unique_ptr<T> take() {
    if (T* spare = places_.take()) return std::unique_ptr<T>(spare);
    return std::make_unique<T>();
  }

  /// Whoever takes it next gets it as it is.
  void give_back(std::unique_ptr<T> spare) {
    if (places_.put(spare.get())) static_cast<void>(spare.release());
  }

 private:
  SparePlaces<T, kept> places_;
};

}  // namespace parley::hub
