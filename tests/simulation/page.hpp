#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/deadline.hpp"
#include "core/output.hpp"
#include "simulated_host.hpp"
#include "virtual_time.hpp"

namespace parley::simulation {

/// What a page does with whatever its core says of the WebSocket. `Input` is the core's.
template <class Input>
class PageSocket {
 public:
  PageSocket(SimulatedHost& host, std::function<void(const Input&)> tell,
             std::function<void(const std::string&)> broken)
      : host_(host), tell_(std::move(tell)), broken_(std::move(broken)) {}

  void perform(const output::OpenSocket& open) {
    close();
    const SocketId id = id_ = open.socket;
    // A handler's own socket may be replaced while it runs.
    const auto tell = [this, id, alive = std::weak_ptr(alive_)](const Input& input) {
      if (!alive.expired() && id == id_) tell_(input);
    };
    ref_ = host_.open({
        .opened = [tell, id] { tell(input::SocketOpened{.socket = id}); },
        .message =
            [tell, id](std::string text) {
              tell(input::SocketMessage{.socket = id, .text = std::move(text)});
            },
        .closed = [tell,
                   id](int code) { tell(input::SocketClosed{.socket = id, .code = code, .reason = {}}); },
    });
  }

  void perform(const output::SendSocket& send) {
    if (ref_ && send.socket == id_) return host_.send(ref_, send.text);
    broken_("a message for a socket that is closed");
  }

  void perform(const output::CloseSocket& closed) {
    if (closed.socket == id_) close();
  }

  void close() {
    if (ref_) host_.close(ref_);
    ref_.reset();
  }

  [[nodiscard]] const SocketRef& ref() const { return ref_; }

 private:
  SimulatedHost& host_;
  std::function<void(const Input&)> tell_;
  std::function<void(const std::string&)> broken_;
  SocketRef ref_;
  SocketId id_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// The page's timer, which comes when its core asked for it, or late.
class PageTimer {
 public:
  struct Core {
    std::function<Deadline()> next_timeout;
    std::function<void()> timeout;
    std::function<void(const std::string&)> broken;
  };

  PageTimer(VirtualTime& time, Core core) : time_(time), core_(std::move(core)) {}

  void set() {
    const auto due = core_.next_timeout();
    if (!due || (waking_ && *waking_ <= *due)) return;
    waking_ = due;
    auto& random = time_.random();
    // Browsers run timers late, and those of hidden tabs up to a second late.
    const Duration late = random.chance(95) ? random.between(Duration{0}, Duration{5})
                                            : random.between(Duration{0}, Duration{1'000});
    time_.at(*due + late, [this, alive = std::weak_ptr(alive_), due = *due] {
      if (alive.expired() || waking_ != due) return;
      waking_.reset();
      wake();
    });
  }

 private:
  void wake() {
    const auto due = core_.next_timeout();
    if (!due || *due > time_.now()) return set();
    wakes_at_once_ = last_wake_ == time_.now() ? wakes_at_once_ + 1 : 0;
    last_wake_ = time_.now();
    if (wakes_at_once_ == 100) return core_.broken("next_timeout() stays in the past: the page would spin");
    core_.timeout();
  }

  VirtualTime& time_;
  Core core_;
  std::optional<Instant> waking_;
  Instant last_wake_{};
  unsigned wakes_at_once_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace parley::simulation
