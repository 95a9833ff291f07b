#pragma once

#include <glib.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace parley::hls {

/// Does this on the main loop's thread, soon; from any thread.
void post(std::function<void()> task);

/// How GStreamer's threads reach an object that lives on the main loop's thread: what they tell it happens
/// there, if it is still alive by then.
template <class T>
class Remote {
 public:
  explicit Remote(std::weak_ptr<T> object) : object_(std::move(object)) {}

  template <class Action>
  void tell(Action action) const {
    post([object = object_, action = std::move(action)] {
      if (const auto alive = object.lock()) action(*alive);
    });
  }

  /// For the user data of a C callback, freed by `forget`.
  [[nodiscard]] Remote* kept() const { return new Remote(*this); }
  static void forget(gpointer kept) { delete static_cast<Remote*>(kept); }

 private:
  std::weak_ptr<T> object_;
};

/// A timer of the main loop, which ends with its owner.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { stop(); }

  void once(std::chrono::milliseconds delay, std::function<void()> action);
  void every(std::chrono::milliseconds period, std::function<void()> action);
  void stop();
  [[nodiscard]] bool runs() const { return source_ != 0; }

 private:
  void start(std::chrono::milliseconds delay, bool repeats, std::function<void()> action);

  guint source_ = 0;
};

}  // namespace parley::hls
