#include "net/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/memory_reserve.hpp"

namespace parley::net {
namespace {

// What one read takes at most. A page's worth of signaling fits many times over, and a large upload does not
// keep the others of its loop waiting.
constexpr std::size_t scratch_bytes = 65'536;

/// Events, and as many of the woken.
constexpr std::size_t most_in_one_turn = 128;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      scratch_(scratch_bytes) {
  if (!epoll_ || !wake_) fail("an event loop's descriptors");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // the only one that is nobody's
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) fail("an event loop's epoll");
}

EventLoop::~EventLoop() {
  stop();
  destroy_ended();
  // What is destroyed may end others.
  while (!owned_.empty()) {
    end(*owned_.back());
    destroy_ended();
  }
}

void EventLoop::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void EventLoop::wake(Watched& watched) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(watched.awake_, true)) return;
    watched.next_ = nullptr;
    (first_woken_ == nullptr ? first_woken_ : last_woken_->next_) = &watched;
    last_woken_ = &watched;
  }
  ::eventfd_write(wake_.get(), 1);
}

void EventLoop::modify(int fd, std::uint32_t events, Watched& watched) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watched;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::take(std::unique_ptr<Watched> watched, int fd, std::uint32_t events) {
  owned_.push_back(nullptr);
  Watched& taken = *watched;
  taken.index_ = owned_.size() - 1;
  owned_.back() = std::move(watched);
  size_.store(owned_.size(), std::memory_order_relaxed);
  if (fd < 0) return;
  try {
    watch(fd, events, taken);
  } catch (const std::system_error&) {
    end(taken);
    throw;
  }
}

void EventLoop::watch(int fd, std::uint32_t events, Watched& watched) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watched;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

void EventLoop::unwatch(int fd) const {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::end(Watched& watched) noexcept {
  clear_deadline(watched);
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(watched.awake_, false)) {
      Watched* before = nullptr;
      Watched** link = &first_woken_;
      while (*link != &watched) {
        before = *link;
        link = &before->next_;
      }
      *link = watched.next_;
      if (last_woken_ == &watched) last_woken_ = before;
    }
  }
  std::swap(owned_[watched.index_], owned_.back());
  owned_[watched.index_]->index_ = watched.index_;
  static_cast<void>(owned_.back().release());
  owned_.pop_back();
  watched.index_ = Watched::nowhere;
  size_.store(owned_.size(), std::memory_order_relaxed);
  watched.next_ = std::exchange(ended_, &watched);
}

void EventLoop::destroy_ended() noexcept {
  while (ended_ != nullptr) {
    const std::unique_ptr<Watched> ended(ended_);
    ended_ = ended->next_;
  }
}

void EventLoop::set_deadline(Watched& watched, Instant when) {
  if (watched.deadline_) {
    // The same node again: a busy connection allocates nothing.
    auto node = deadlines_.extract({*watched.deadline_, &watched});
    node.value().first = when;
    deadlines_.insert(std::move(node));
  } else {
    deadlines_.emplace(when, &watched);
  }
  watched.deadline_ = when;
}

void EventLoop::clear_deadline(Watched& watched) noexcept {
  if (watched.deadline_) deadlines_.erase({*watched.deadline_, &watched});
  watched.deadline_.reset();
}

template <class Act>
void EventLoop::call(Watched& watched, Act&& act) {
  if (watched.index_ == Watched::nowhere) return;  // ended by what came before in the same batch
  // Whoever needed the reserve does not go on.
  const bool survived = memory_reserve::survives(std::forward<Act>(act));
  if ((!survived || memory_reserve::was_needed()) && watched.index_ != Watched::nowhere) watched.failed();
}

void EventLoop::call_woken() {
  for (std::size_t called = 0; called < most_in_one_turn; ++called) {
    Watched* next = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (first_woken_ == nullptr) return;
      next = std::exchange(first_woken_, first_woken_->next_);
      next->awake_ = false;
    }
    call(*next, [next] { next->woken(); });
  }
  // The rest, which may be who wakes itself again and again, comes after those whose descriptors are ready.
  ::eventfd_write(wake_.get(), 1);
}

void EventLoop::call_due() {
  const Instant now = Clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Watched& due = *deadlines_.begin()->second;
    clear_deadline(due);
    call(due, [&] { due.due(now); });
  }
}

int EventLoop::milliseconds_to_next_deadline() const {
  if (deadlines_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadlines_.begin()->first - Clock::now());
  constexpr std::chrono::milliseconds most = std::chrono::minutes(1);
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), most).count());
}

void EventLoop::run(const std::stop_token& stop) {
  std::array<epoll_event, most_in_one_turn> events{};
  while (!stop.stop_requested()) {
    const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   milliseconds_to_next_deadline());
    bool woken = false;
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(ready, 0)))) {
      if (event.data.ptr == nullptr) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_.get(), &ignored);
        woken = true;
        continue;
      }
      Watched& watched = *static_cast<Watched*>(event.data.ptr);
      call(watched, [&] { watched.ready(event.events); });
    }
    if (woken) call_woken();
    call_due();
    destroy_ended();
  }
}

}  // namespace parley::net
