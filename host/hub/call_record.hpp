#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::hub {

/// What became of a call, to whoever was called: what was neither answered nor rejected, they have missed.
enum class CallOutcome : std::uint8_t { answered, missed, rejected };

inline constexpr std::array<std::pair<std::string_view, CallOutcome>, 3> call_outcomes{
    {{"answered", CallOutcome::answered},
     {"missed", CallOutcome::missed},
     {"rejected", CallOutcome::rejected}}};

[[nodiscard]] constexpr std::string_view name_of(CallOutcome outcome) {
  return call_outcomes.at(static_cast<std::size_t>(outcome)).first;
}

/// A call that is over, for those of its two who have an account.
struct CallRecord {
  struct Party {
    std::string name;
    /// Of which sign-in, where it is an account's; else nothing.
    std::optional<std::uint64_t> sign_in{};
  };

  Party caller;
  Party callee;
  CallOutcome outcome = CallOutcome::missed;
  std::chrono::seconds ago{};     ///< when it began to ring
  std::chrono::seconds lasted{};  ///< from the answer on
};

}  // namespace parley::hub
