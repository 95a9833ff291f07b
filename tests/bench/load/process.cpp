#include "process.hpp"

#include <unistd.h>

#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parley::bench {

ProcessUsage usage_of(pid_t process) {
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(process) + "/stat"), stat);
  // The name, in parentheses, may hold anything; the rest is numbers, of which proc(5) calls the first the
  // third.
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  constexpr int user_time = 14;
  constexpr int resident_pages = 24;
  std::string skipped;
  for (int field = 3; field < user_time; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  for (int field = user_time + 2; field < resident_pages; ++field) fields >> skipped;
  std::size_t pages = 0;
  if (!(fields >> pages)) throw std::runtime_error("process " + std::to_string(process) + " is gone");
  return {.cpu = std::chrono::microseconds((user + system) * 1'000'000 / sysconf(_SC_CLK_TCK)),
          .resident_bytes = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE))};
}

std::size_t peak_resident_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string name; status >> name; status.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    std::size_t kibibytes = 0;
    if (name == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  throw std::runtime_error("process " + std::to_string(process) + " is gone");
}

std::size_t kernel_socket_bytes() {
  std::ifstream sockstat("/proc/net/sockstat");
  for (std::string line; std::getline(sockstat, line);) {
    constexpr std::string_view field = " mem ";
    const std::size_t at = line.find(field);
    if (line.starts_with("TCP:") && at != std::string::npos)
      return std::stoul(line.substr(at + field.size())) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  }
  return 0;
}

}  // namespace parley::bench
