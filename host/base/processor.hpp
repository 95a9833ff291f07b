#pragma once

#include <cstddef>

#if defined(__linux__)
#include <sched.h>
#endif

namespace parley {
inline namespace base {

/// The number of the processor this runs on, which may be another a moment later: a hint where to find what
/// is in its cache. 0 where that cannot be known.
[[nodiscard]] inline std::size_t this_processor() {
#if defined(__linux__)
  const int number = ::sched_getcpu();  // from memory (rseq or the vDSO), no system call
  return number < 0 ? 0 : static_cast<std::size_t>(number);
#else
  return 0;
#endif
}

}  // namespace base
}  // namespace parley
