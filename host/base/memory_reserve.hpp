#pragma once

#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "base/log.hpp"

/// What happens when an allocation fails: it costs the request or the connection that made it, and not the
/// host.
///
/// The C++ library gives the first allocation that fails a reserve (std::set_new_handler), so that what is
/// under way comes to its end: a turn of the hub that stopped halfway would leave rooms that nobody can
/// leave. Whoever used the reserve is then let go, which frees memory, and the reserve is filled again. Only
/// when it is used up do allocations throw, and every way into the host ends in `survives`.
namespace parley::memory_reserve {

/// Whoever has to do something later again waits for this long: others may free memory meanwhile.
inline constexpr std::chrono::milliseconds pause{100};

/// To be called once, before any thread starts.
void fill();

/// Whether an allocation of this thread has failed since it last asked. Fills the reserve again, if it can.
[[nodiscard]] bool was_needed();

/// Runs `act`; false where an exception ended it, which is logged, if there is memory for that.
template <class Act>
bool survives(Act&& act) noexcept {
  try {
    std::forward<Act>(act)();
    return true;
  } catch (const std::exception& error) {
    try {
      log::line(log::Level::error, "out-of-memory", {{"error", error.what()}});
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nothing left to say it with
    }
    return false;
  }
}

}  // namespace parley::memory_reserve
