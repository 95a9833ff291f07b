#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

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
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 32> bytes{};
  fill_with_random(bytes.data(), bytes.size());
  std::string secret;
  for (const unsigned char byte : bytes) secret.push_back(alphabet[byte & 63U]);
  return secret;
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  fill_with_random(&seed, sizeof seed);
  return seed;
}

}  // namespace base
}  // namespace parley
