#pragma once

#include <emscripten/bind.h>

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "core/input.hpp"
#include "embind_types.hpp"
#include "handler.hpp"
#include "to_json.hpp"

namespace parley::binding {

/// A Session or a Directory, and its handler.
template <class Core, class Input>
class Driver {
 public:
  template <class Config>
  Driver(Config config, emscripten::val handler) : core_(std::move(config)), handler_(std::move(handler)) {}

  /// Tells the core, then has done what it says. A handler that comes back with the next input is told in
  /// turn.
  void handle(const Input& input, Instant now) {
    core_.handle(input, now);
    if (draining_) return;
    draining_ = true;
    while (const auto output = core_.poll()) {
      std::visit([this](const auto& alternative) { handler_.perform(alternative); }, *output);
    }
    draining_ = false;
    if (const auto self = std::move(self_)) return;
    // A timer may come a little early: after one, the embedder is always told when to come again.
    const bool woken = std::holds_alternative<input::Timeout>(input);
    if (const auto next = core_.next_timeout(); woken || next != wake_at_) {
      wake_at_ = next;
      handler_.wake_at(next);
    }
  }

  [[nodiscard]] JsonText snapshot() const { return {.text = to_json(core_.snapshot())}; }

  /// A handler may delete the object that is calling it: what has been decided is still done.
  static void release(std::unique_ptr<Driver> driver) {
    if (driver->draining_) driver->self_ = std::move(driver);
  }

 private:
  Core core_;
  Handler handler_;
  bool draining_ = false;
  std::optional<Instant> wake_at_;
  std::unique_ptr<Driver> self_;  ///< set where this is to end with the call that it is in
};

/// What JavaScript's `delete()` deletes.
template <class Core, class Config, class Input>
class Binding {
 public:
  Binding(Config config, HandlerOf<Core> handler)
      : driver_(std::make_unique<Driver<Core, Input>>(std::move(config), std::move(handler.object))) {}
  ~Binding() { Driver<Core, Input>::release(std::move(driver_)); }
  Binding(const Binding&) = delete;
  Binding& operator=(const Binding&) = delete;

  void handle(const Input& input, double now) const {
    driver_->handle(input, Instant(Duration(static_cast<Duration::rep>(now))));
  }
  [[nodiscard]] JsonText snapshot() const { return driver_->snapshot(); }

  /// The method for an input: its arguments are the input's fields.
  template <class Alternative, class... Fields>
  static void tell(Binding& binding, double now, Fields... fields) {
    binding.handle(Alternative{std::move(fields)...}, now);
  }

 private:
  std::unique_ptr<Driver<Core, Input>> driver_;
};

}  // namespace parley::binding
