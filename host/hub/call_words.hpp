#pragma once

#include <cstdint>
#include <string_view>

namespace parley::hub {

/// Which call it is, to one of the two: calls between the same two follow each other, and messages cross. 0
/// is whichever there is.
using CallId = std::uint64_t;

/// Why a call was not taken.
enum class RejectReason : std::uint8_t { rejected, busy, timed_out };

/// Why a call is over: given up before it was accepted; ended by one of the two; or one of them is gone
/// without a word.
enum class EndReason : std::uint8_t { cancelled, ended, gone };

/// How far a call has come, to one of the two.
enum class CallState : std::uint8_t { outgoing, incoming, accepted };

/// As the wire spells them: "timed-out".
[[nodiscard]] std::string_view name_of(RejectReason reason);
[[nodiscard]] std::string_view name_of(EndReason reason);
[[nodiscard]] std::string_view name_of(CallState state);

}  // namespace parley::hub
