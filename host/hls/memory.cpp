#include "hls/memory.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

namespace parley::hls {

namespace {

std::optional<std::uint64_t> memory_in(const std::string& folder) {
  std::ifstream file(folder + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;
  if (!(file >> size >> resident >> shared) || shared > resident) return std::nullopt;
  return (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::optional<std::uint64_t> own_memory() {
  return memory_in("/proc/self");
}

std::optional<std::uint64_t> memory_of(pid_t process) {
  return memory_in("/proc/" + std::to_string(process));
}

}  // namespace parley::hls
