#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "server/descriptor.hpp"

namespace parley::server {

class Outbox;

/// How long a client has to answer a close frame. A round trip takes far less, and a stopping host must be
/// gone within 2 s.
inline constexpr std::chrono::milliseconds close_patience{1'000};

/// The one thread that waits for sockets which took no more, so that no other has to, and for clients that
/// are to answer a close frame.
class Writer {
 public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Calls writable() once this descriptor takes bytes again.
  void watch(int fd, std::weak_ptr<Outbox> outbox);
  /// To be called before a watched descriptor is closed.
  void forget(int fd);
  /// Calls give_up() after `close_patience`.
  void give_up_later(std::weak_ptr<Outbox> outbox);

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  void resume(int fd);
  /// Gives up on whom it is time to, and says for how long there is nothing to do; -1 is forever.
  int give_up_on_overdue();

  Descriptor epoll_;
  Descriptor wake_;
  std::mutex mutex_;
  std::unordered_map<int, std::weak_ptr<Outbox>> watched_;
  std::deque<std::pair<Clock::time_point, std::weak_ptr<Outbox>>> closing_;  // the patience is one: in order
  std::jthread thread_;
};

}  // namespace parley::server
