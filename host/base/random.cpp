#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "base/base64.hpp"

namespace parley {
inline namespace base {
namespace {

void fill_with_random(void* out, std::size_t size) {
  // Requests of up to 256 bytes are answered whole (getrandom(2)).
  while (::getrandom(out, size, 0) != static_cast<ssize_t>(size))
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
}

}  // namespace

std::string random_secret() {
  std::array<char, 24> bytes{};
  fill_with_random(bytes.data(), bytes.size());
  return base64url_encode({bytes.data(), bytes.size()});
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  fill_with_random(&seed, sizeof seed);
  return seed;
}

}  // namespace base
}  // namespace parley
