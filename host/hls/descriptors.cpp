#include "hls/descriptors.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <iterator>
#include <limits>
#include <system_error>

namespace parley::hls {

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptors_left() {
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  rlimit limit{};
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (error || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return all;
  const auto taken = static_cast<rlim_t>(std::distance(begin(open), end(open)));
  return limit.rlim_cur > taken ? limit.rlim_cur - taken : 0;
}

}  // namespace parley::hls
