#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wire.hpp"

namespace parley {

/// The token that the host is shown, and the one that the stay rests on: they differ while a renewal is on
/// its way.
class AccessToken {
 public:
  explicit AccessToken(std::optional<std::string> token) : current_(std::move(token)) {}

  /// For a join or a register: the stay is going to rest on it.
  [[nodiscard]] const std::optional<std::string>& show() {
    asked_.clear();
    standing_ = current_;
    return current_;
  }
  [[nodiscard]] const std::optional<std::string>& current() const { return current_; }
  /// The host has not judged it yet.
  [[nodiscard]] bool is_newer() const { return current_ != standing_; }

  /// To be shown from now on.
  void replace(std::string token) { current_ = std::move(token); }
  /// It has been sent in a `renew`, which the host answers in its turn.
  void asked() { asked_.push_back(*current_); }

  void renewed() {
    if (!asked_.empty()) standing_ = next_answered();
  }
  /// What the host will not take is of no use for the next join either.
  void refused(const wire::Error& error) {
    if (asked_.empty()) return;
    const std::string token = next_answered();
    if (error.code != "too-fast" && current_ == token) current_ = standing_;
  }

 private:
  std::string next_answered() {
    std::string token = std::move(asked_.front());
    asked_.pop_front();
    return token;
  }

  std::optional<std::string> current_;
  std::optional<std::string> standing_;
  std::deque<std::string> asked_;  ///< not answered yet
};

/// Errors about tokens: each is about what this client may do, and all their codes begin alike.
[[nodiscard]] inline bool is_about_token(std::string_view code) {
  return code.starts_with("token-");
}

}  // namespace parley
