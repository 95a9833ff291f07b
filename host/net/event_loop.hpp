#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"

namespace parley::net {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

/// Something that an event loop owns and calls, always on the loop's thread.
class Watched {
 public:
  Watched() = default;
  virtual ~Watched() = default;
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /// Its descriptor is ready: EPOLLIN and so on.
  virtual void ready(std::uint32_t events) = 0;
  /// Its deadline has come, and is set no more.
  virtual void due(Instant now) = 0;
  /// Another thread has called EventLoop::wake(), once or more often.
  virtual void woken() {}
  /// One of the calls above failed for want of memory. Ends it, without allocating.
  virtual void failed() noexcept = 0;

 private:
  friend class EventLoop;
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  std::size_t index_ = nowhere;      // in what the loop owns
  std::optional<Instant> deadline_;  // it is in the loop's deadlines then
  bool awake_ = false;               // it is in the list of the woken
  Watched* next_ = nullptr;          // in that list, or in the one of the ended
};

/// One thread, one epoll instance (level-triggered), and the deadlines of what it owns.
class EventLoop {
 public:
  /// Throws std::system_error where the system gives no descriptor.
  EventLoop();
  /// Ends the thread, and then all that the loop owns.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Begins to serve. Before that and after stop(), one other thread may act as the loop's.
  void start();
  void stop();

  // From any thread. Neither allocates.

  /// Has woken() called soon. The caller makes sure that it has not been ended.
  void wake(Watched& watched);
  /// Changes what is waited for. The caller makes sure that the descriptor is open.
  void modify(int fd, std::uint32_t events, Watched& watched) const;
  /// How many connections and the like it owns.
  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // The rest is for the loop's own thread.

  /// Takes it over, and watches this descriptor for it unless that is -1.
  /// Throws std::system_error where the system refuses.
  template <class T>
  T& add(std::unique_ptr<T> watched, int fd = -1, std::uint32_t events = 0) {
    T& added = *watched;
    take(std::move(watched), fd, events);
    return added;
  }
  /// Watches one descriptor more for something that it owns.
  void watch(int fd, std::uint32_t events, Watched& watched) const;
  /// No longer.
  void unwatch(int fd) const;
  /// Destroys it before the loop waits again. Nobody may wake it any more. Does not allocate.
  void end(Watched& watched) noexcept;
  /// Calls due() then. Replaces the former deadline.
  void set_deadline(Watched& watched, Instant when);
  void clear_deadline(Watched& watched) noexcept;

  /// Room for what one call reads, so that a connection needs none of its own.
  [[nodiscard]] std::span<std::uint8_t> scratch() { return scratch_; }

 private:
  void take(std::unique_ptr<Watched> watched, int fd, std::uint32_t events);
  void run(const std::stop_token& stop);
  template <class Act>
  void call(Watched& watched, Act&& act);
  void call_woken();
  void call_due();
  [[nodiscard]] int milliseconds_to_next_deadline() const;
  void destroy_ended() noexcept;

  Descriptor epoll_;
  Descriptor wake_;
  std::vector<std::uint8_t> scratch_;
  std::vector<std::unique_ptr<Watched>> owned_;
  std::set<std::pair<Instant, Watched*>> deadlines_;
  Watched* ended_ = nullptr;  // a list; they may still be in the events at hand
  std::atomic<std::size_t> size_ = 0;
  std::mutex mutex_;
  Watched* first_woken_ = nullptr;  // a list, the first to be woken in front
  Watched* last_woken_ = nullptr;
  std::jthread thread_;
};

}  // namespace parley::net
