#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace parley::hub {

/// Ids that can be read aloud ("calm-heron-42"), for members that did not ask for one, and numbers for calls.
/// The same seed gives the same ids. They are names, not secrets, and not unique by themselves.
class IdGenerator {
 public:
  explicit IdGenerator(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::string next();
  /// From 1, and one that every client can count to.
  [[nodiscard]] std::uint64_t number();

 private:
  std::mt19937_64 random_;
};

}  // namespace parley::hub
