#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace parley {
inline namespace base {

/// An error on its way into a Result: `return Failure(error);`.
template <class Error>
struct Failure {
  explicit Failure(Error error_) : error(std::move(error_)) {}

  Error error;
};
Failure(const char*)->Failure<std::string>;  // a sentence

/// A value, or the error that there is instead. The interface is the part of std::expected (C++23) that is
/// used here; as there, asking for what there is not is undefined.
template <class Value, class Error>
class [[nodiscard]] Result {
 public:
  Result(Value value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure<Error> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] explicit operator bool() const { return state_.index() == 0; }
  [[nodiscard]] Value& operator*() & { return *std::get_if<0>(&state_); }
  [[nodiscard]] Value&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] const Value& operator*() const& { return *std::get_if<0>(&state_); }
  [[nodiscard]] Value* operator->() { return std::get_if<0>(&state_); }
  [[nodiscard]] const Value* operator->() const { return std::get_if<0>(&state_); }
  [[nodiscard]] Error& error() { return *std::get_if<1>(&state_); }
  [[nodiscard]] const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<Value, Error> state_;
};

/// Done, or the error.
template <class Error>
class [[nodiscard]] Result<void, Error> {
 public:
  Result() = default;
  Result(Failure<Error> failure) : error_(std::move(failure.error)) {}

  [[nodiscard]] explicit operator bool() const { return !error_; }
  [[nodiscard]] Error& error() { return *error_; }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_{};
};

}  // namespace base
}  // namespace parley
