#include "base/name_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>

namespace parley {
namespace {

// libstdc++'s std::hash of a string is MurmurHash64A with a fixed seed. Each block of 8 bytes goes into it by
// a bijection, so a second block can be found that brings it to any state, whatever the first one is.
constexpr std::uint64_t multiplier = 0xc6a4a7935bd1e995U;
constexpr std::uint64_t seed = 0xc70f6907U;

constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;  // Newton's method, modulo 2^64
  return x;
}

std::uint64_t mixed(std::uint64_t block) {
  block *= multiplier;
  block ^= block >> 47U;
  return block * multiplier;
}

std::uint64_t unmixed(std::uint64_t block) {
  block *= inverse(multiplier);
  block ^= block >> 47U;
  return block * inverse(multiplier);
}

/// A name of 16 printable characters whose hash is that of all others that this makes.
std::string colliding_name(std::mt19937_64& random) {
  constexpr std::size_t bytes = 16;
  const std::uint64_t start = seed ^ (bytes * multiplier);
  for (;;) {
    std::string name;
    for (int i = 0; i < 8; ++i) name += static_cast<char>('a' + random() % 26);
    std::uint64_t first = 0;
    std::memcpy(&first, name.data(), 8);
    constexpr std::uint64_t state = 0x0123456789abcdefU;
    const std::uint64_t second = unmixed(((start ^ mixed(first)) * multiplier) ^ state);
    name.resize(bytes);
    std::memcpy(name.data() + 8, &second, 8);
    bool printable = true;
    for (const char c : name) printable = printable && c >= 0x20 && c < 0x7f;
    if (printable) return name;
  }
}

struct Counting {
  using is_transparent = void;
  bool operator()(std::string_view one, std::string_view other) const {
    ++compared;
    return one < other;
  }
  static inline std::size_t compared = 0;
};

TEST(NameMap, names_that_collide_in_a_hash_without_a_secret_cost_no_more_than_others) {
  constexpr std::size_t count = 200;
  std::mt19937_64 random(1);
  std::unordered_set<std::string> hashed;
  NameMap<int, Counting> names;
  while (names.size() < count) {
    const std::string name = colliding_name(random);
    hashed.insert(name);
    names.try_emplace(name);
  }
  const std::string& any = *hashed.begin();
  EXPECT_EQ(hashed.bucket_size(hashed.bucket(any)), count) << "a look-up would walk past all of them";
  Counting::compared = 0;
  std::size_t most = 0;
  for (const std::string& name : hashed) {
    const std::size_t before = Counting::compared;
    EXPECT_TRUE(names.contains(name));
    most = std::max(most, Counting::compared - before);
  }
  EXPECT_LE(most, 18U) << "twice the logarithm, as a red-black tree has it";
}

}  // namespace
}  // namespace parley
