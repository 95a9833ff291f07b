#include "hub/id_generator.hpp"

#include <array>
#include <string_view>

namespace parley::hub {
namespace {

constexpr std::array<std::string_view, 32> qualities{
    "amber", "bold",   "brave", "bright", "calm",  "clear", "clever", "coral", "crisp", "eager", "early",
    "fair",  "gentle", "glad",  "golden", "green", "happy", "jolly",  "keen",  "kind",  "light", "lively",
    "lucky", "merry",  "noble", "proud",  "quick", "quiet", "silver", "sunny", "swift", "warm"};

constexpr std::array<std::string_view, 32> animals{
    "badger", "beaver", "bison",  "crane", "deer",  "dolphin", "eagle", "falcon", "ferret", "finch", "fox",
    "gecko",  "heron",  "ibis",   "koala", "lark",  "lemur",   "lynx",  "marten", "otter",  "owl",   "panda",
    "puffin", "quail",  "rabbit", "raven", "robin", "seal",    "stork", "swan",   "tiger",  "wren"};

}  // namespace

std::string IdGenerator::next() {
  const std::uint64_t bits = random_();
  const std::string_view quality = qualities.at(bits % qualities.size());
  const std::string_view animal = animals.at((bits >> 8U) % animals.size());
  return std::string(quality) + '-' + std::string(animal) + '-' + std::to_string((bits >> 16U) % 1'000);
}

std::string IdGenerator::incarnation() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random_();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4U) text.push_back(digits[bits & 0xFU]);
  }
  return text;
}

std::uint64_t IdGenerator::number() {
  return 1 + (random_() >> 32U);
}

}  // namespace parley::hub
