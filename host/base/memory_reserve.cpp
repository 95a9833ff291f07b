#include "base/memory_reserve.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstddef>

namespace parley::memory_reserve {
namespace {

// More than any turn allocates: the largest is an answer to a full room, of some hundred KiB. It is never
// touched, so it takes address space alone.
constexpr std::size_t reserve_bytes = std::size_t{8} * 1024 * 1024;

std::atomic<void*> reserve = nullptr;
constinit thread_local bool needed = false;

void give_reserve() {
  needed = true;
  void* const given = reserve.exchange(nullptr);
  if (given == nullptr) throw std::bad_alloc();
  ::munmap(given, reserve_bytes);
}

void refill() {
  if (reserve.load(std::memory_order_relaxed) != nullptr) return;
  void* const block =
      ::mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return;
  void* expected = nullptr;
  if (!reserve.compare_exchange_strong(expected, block)) ::munmap(block, reserve_bytes);
}

}  // namespace

void fill() {
  refill();
  std::set_new_handler(give_reserve);
}

bool was_needed() {
  refill();
  return std::exchange(needed, false);
}

}  // namespace parley::memory_reserve
