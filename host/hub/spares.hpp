#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace parley::hub {

/// A few places for what is not in use now, that any thread may take from and put into.
template <class T, std::size_t count>
class SparePlaces {
 public:
  /// Null where all places are empty.
  [[nodiscard]] T* take() {
    for (auto& place : places_) {
      // Looked at before it is written to: an empty place costs no other processor its cache line.
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* spare = place.exchange(nullptr, std::memory_order_acquire)) return spare;
    }
    return nullptr;
  }

  /// False where all places are taken.
  [[nodiscard]] bool put(T* spare) {
    for (auto& place : places_) {
      T* taken = place.load(std::memory_order_relaxed);
      if (taken == nullptr &&
          place.compare_exchange_strong(taken, spare, std::memory_order_release, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

 private:
  std::array<std::atomic<T*>, count> places_{};
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
    while (const auto spare = std::unique_ptr<T>(places_.take())) {
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
