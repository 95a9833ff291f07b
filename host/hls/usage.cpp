#include "hls/usage.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace parley::hls {

// A lock would be of one process.
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

int Usage::create() {
  const int descriptor = ::memfd_create("parley-usage", MFD_CLOEXEC);
  if (descriptor >= 0 && ::ftruncate(descriptor, bytes) != 0) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

Usage::Usage(int descriptor, std::size_t row) : row_(row) {
  if (row >= max_rows) throw std::out_of_range("a row of Usage");
  const int kind = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, kind, descriptor, 0);
  if (mapped == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  rows_ = static_cast<Row*>(mapped);  // zeroes are rows of nothing
}

Usage::~Usage() {
  ::munmap(rows_, bytes);
}

std::uint64_t Usage::of_all(What what) const {
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < max_rows; ++row) sum += rows_[row].*what;
  return sum;
}

void Usage::clear(std::size_t row) {
  rows_[row].disk_bytes = 0;
  rows_[row].transcoded = 0;
}

}  // namespace parley::hls
