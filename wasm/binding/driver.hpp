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
class Driver {
 public:
  explicit Driver(emscripten::val handler) : handler_(std::move(handler)) {}
  virtual ~Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// A handler may delete the object that is calling it: what has been decided is still done.
  static void release(std::unique_ptr<Driver> driver) {
    if (driver->draining_) driver->self_ = std::move(driver);
  }

 protected:
  /// Has done what the core says. A handler that comes back with the next input is told in turn.
  void drain(bool woken) {
    if (draining_) return;
    draining_ = true;
    while (const auto output = poll()) {
      std::visit([this](const auto& alternative) { handler_.perform(alternative); }, *output);
    }
    draining_ = false;
    if (const auto self = std::move(self_)) return;
    // A timer may come a little early: after one, the embedder is always told when to come again.
    if (const auto next = next_timeout(); woken || next != wake_at_) {
      wake_at_ = next;
      handler_.wake_at(next);
    }
  }

 private:
  virtual std::optional<Output> poll() = 0;
  [[nodiscard]] virtual std::optional<Instant> next_timeout() const = 0;

  Handler handler_;
  bool draining_ = false;
  std::optional<Instant> wake_at_;
  std::unique_ptr<Driver> self_;  ///< set where this is to end with the call that it is in
};

template <class Core, class Config, class Input>
class DriverOf final : public Driver {
 public:
  DriverOf(Config config, emscripten::val handler) : Driver(std::move(handler)), core_(std::move(config)) {}

  void handle(const Input& input, Instant now) {
    core_.handle(input, now);
    drain(std::holds_alternative<input::Timeout>(input));
  }
  [[nodiscard]] JsonText snapshot() const { return {.text = to_json(core_.snapshot())}; }

 private:
  std::optional<Output> poll() override { return core_.poll(); }
  [[nodiscard]] std::optional<Instant> next_timeout() const override { return core_.next_timeout(); }

  Core core_;
};

/// What JavaScript's `delete()` deletes.
template <class Core, class Config, class Input>
class Binding {
  using Driven = DriverOf<Core, Config, Input>;

 public:
  Binding(Config config, HandlerOf<Core> handler)
      : driver_(std::make_unique<Driven>(std::move(config), std::move(handler.object))) {}
  ~Binding() { Driver::release(std::move(driver_)); }
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
  std::unique_ptr<Driven> driver_;
};

}  // namespace parley::binding
