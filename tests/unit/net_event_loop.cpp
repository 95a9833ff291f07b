#include "net/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

#include "base/descriptor.hpp"

namespace parley::net {
namespace {

using namespace std::chrono_literals;

/// Wakes itself whenever it was woken.
class Restless : public Watched {
 public:
  explicit Restless(EventLoop& loop) : loop_(loop) {}
  void ready(std::uint32_t /*events*/) override {}
  void due(Instant /*now*/) override {}
  void woken() override { loop_.wake(*this); }
  void failed() noexcept override {}

 private:
  EventLoop& loop_;
};

/// Says once that it had its turn.
class Patient : public Watched {
 public:
  void ready(std::uint32_t /*events*/) override {
    if (!told_) has_come.set_value();
    told_ = true;
  }
  void due(Instant /*now*/) override { is_due.set_value(); }
  void failed() noexcept override {}

  std::promise<void> has_come;
  std::promise<void> is_due;

 private:
  bool told_ = false;
};

TEST(NetEventLoop, who_wakes_itself_again_and_again_keeps_nobody_waiting) {
  EventLoop loop;
  const Descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  auto& restless = loop.add(std::make_unique<Restless>(loop));
  auto& patient = loop.add(std::make_unique<Patient>(), event.get(), EPOLLIN);
  loop.set_deadline(patient, Clock::now());
  loop.wake(restless);
  loop.start();
  ::eventfd_write(event.get(), 1);
  EXPECT_EQ(patient.has_come.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(patient.is_due.get_future().wait_for(10s), std::future_status::ready);
  loop.stop();
}

}  // namespace
}  // namespace parley::net
