#include "server/writer.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>
#include <utility>

#include "server/memory_reserve.hpp"
#include "server/outbox.hpp"

namespace parley::server {

Writer::Writer() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_) throw std::system_error(errno, std::generic_category(), "the writer's epoll");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_.get();
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Writer::~Writer() {
  thread_.request_stop();
  ::eventfd_write(wake_.get(), 1);
}

void Writer::watch(int fd, std::weak_ptr<Outbox> outbox) {
  const std::lock_guard lock(mutex_);
  watched_.insert_or_assign(fd, std::move(outbox));
  epoll_event event{};
  event.events = EPOLLOUT | EPOLLONESHOT;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Writer::forget(int fd) {
  const std::lock_guard lock(mutex_);
  watched_.erase(fd);
}

void Writer::give_up_later(std::weak_ptr<Outbox> outbox) {
  const std::lock_guard lock(mutex_);
  closing_.emplace_back(Clock::now() + close_patience, std::move(outbox));
  if (closing_.size() == 1) ::eventfd_write(wake_.get(), 1);
}

void Writer::run(const std::stop_token& stop) {
  std::array<epoll_event, 64> events{};
  while (!stop.stop_requested()) {
    const int ready =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), give_up_on_overdue());
    if (ready <= 0) continue;
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(ready))) {
      if (event.data.fd == wake_.get()) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_.get(), &ignored);
      } else {
        memory_reserve::survives([&] { resume(event.data.fd); });
      }
    }
  }
}

void Writer::resume(int fd) {
  std::shared_ptr<Outbox> outbox;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(fd);
    if (found == watched_.end()) return;
    outbox = found->second.lock();
    watched_.erase(found);
  }
  // Without our lock: an outbox calls us with its own lock held.
  if (outbox) outbox->writable();
}

int Writer::give_up_on_overdue() {
  const auto now = Clock::now();
  for (;;) {
    std::shared_ptr<Outbox> overdue;
    {
      const std::lock_guard lock(mutex_);
      if (closing_.empty()) return -1;
      if (closing_.front().first > now) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(closing_.front().first - now);
        return static_cast<int>(left.count());
      }
      overdue = closing_.front().second.lock();
      closing_.pop_front();
    }
    if (overdue) overdue->give_up();
  }
}

}  // namespace parley::server
