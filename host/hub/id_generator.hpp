#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace parley::hub {

/// Names for what has none. The same seed gives the same ones; none of them is a secret.
class IdGenerator {
 public:
  explicit IdGenerator(std::uint64_t seed) : random_(seed) {}

  /// An id that can be read aloud ("calm-heron-42"), for a member that did not ask for one. There are a million,
  /// so the caller sees to it that a room has each once.
  [[nodiscard]] std::string next();
  /// 128 bits in hexadecimal, for a client that names no incarnation: never the same twice, since whoever comes
  /// with the incarnation of a member takes its place.
  [[nodiscard]] std::string incarnation();
  /// From 1, and one that every client can count to.
  [[nodiscard]] std::uint64_t number();

 private:
  std::mt19937_64 random_;
};

}  // namespace parley::hub
