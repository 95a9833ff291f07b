#include "base/pooled_allocator.hpp"

#include <array>
#include <new>

#include "base/object_pool.hpp"

namespace parley {
inline namespace base {
namespace detail {
namespace {

// Smaller ones are not worth a slot: a name is in the string itself.
constexpr std::size_t least_bytes = 128;
// A description with several video codecs is 5 to 10 KiB; what is much larger is rare, and not worth keeping.
constexpr std::size_t most_bytes = 16'384;
// Blocks come in multiples of this, so that no more than this is wasted of each.
constexpr std::size_t step = 512;
constexpr std::size_t sizes = most_bytes / step;
// About as many are free at a time as there are threads between taking one and giving one back.
constexpr std::size_t kept_of_each = 8;

// Never destroyed, so that it outlives every text.
constinit std::array<PerProcessorSlots<void, kept_of_each>, sizes> free_blocks{};

bool is_pooled(std::size_t bytes) {
  return bytes > least_bytes && bytes <= most_bytes;
}

std::size_t size_of(std::size_t bytes) {
  return (bytes - 1) / step;
}

}  // namespace

void* take_block(std::size_t bytes) {
  if (!is_pooled(bytes)) return ::operator new(bytes);
  const std::size_t size = size_of(bytes);
  if (void* block = free_blocks[size].take()) return block;
  return ::operator new((size + 1) * step);
}

void give_back_block(void* block, std::size_t bytes) noexcept {
  if (!is_pooled(bytes) || !free_blocks[size_of(bytes)].put(block)) ::operator delete(block);
}

}  // namespace detail
}  // namespace base
}  // namespace parley
