#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace parley::hub {

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
    for (auto& place : places_) delete place.load(std::memory_order_acquire);
  }

  [[nodiscard]] std::unique_ptr<T> take() {
    for (auto& place : places_) {
      // Looked at before it is written to: an empty place costs no other processor its cache line.
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* spare = place.exchange(nullptr, std::memory_order_acquire)) return std::unique_ptr<T>(spare);
    }
    return std::make_unique<T>();
  }

  /// Whoever takes it next gets it as it is.
  void give_back(std::unique_ptr<T> spare) {
    for (auto& place : places_) {
      T* none = nullptr;
      if (place.compare_exchange_strong(none, spare.get(), std::memory_order_release,
                                        std::memory_order_relaxed)) {
        static_cast<void>(spare.release());
        return;
      }
    }
  }

 private:
  std::array<std::atomic<T*>, kept> places_{};
};

}  // namespace parley::hub
