#pragma once

#include <chrono>
#include <string>

#include "hub/call_record.hpp"
#include "users/account.hpp"

namespace parley::users {

// Longer than anybody remembers whom they called.
inline constexpr std::chrono::days calls_kept{90};
// Of one account: some twenty a day, and no stranger who calls again and again fills the disk.
inline constexpr int most_calls = 2'000;
// What a person scrolls through.
inline constexpr int calls_shown = 200;

/// A call, as the one of its two sees it.
struct CallEntry {
  std::string with;
  bool with_account = false;  ///< the name belonged to an account then, and it was that one
  bool outgoing = false;
  hub::CallOutcome outcome = hub::CallOutcome::missed;
  Time at{};
  std::chrono::seconds lasted{};
};

}  // namespace parley::users
