#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace parley::hls {

/// What this process, or another of this user's, has in memory for itself alone: without the pages of files
/// that it shares with others. Nothing where the system does not say (proc(5), statm).
[[nodiscard]] std::optional<std::uint64_t> own_memory();
[[nodiscard]] std::optional<std::uint64_t> memory_of(pid_t process);

}  // namespace parley::hls
