#include "base/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace parley {
inline namespace base {
namespace {

struct Sequence {
  std::size_t bytes;          // 0: no character starts like this
  std::uint8_t second_least;  // the second byte's range is what rules out overlong forms and surrogates
  std::uint8_t second_most;
};

constexpr Sequence sequence_of(std::uint8_t first) {
  if (first <= 0x7F) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first <= 0xDF) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first <= 0xEF) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first <= 0xF3) return {4, 0x80, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// What is not ASCII is rare in JSON, so whole blocks are passed at a glance: the compiler makes a few vector
// instructions of this.
constexpr std::size_t block_bytes = 64;

bool is_ascii(std::string_view block) {
  std::uint8_t all = 0;
  for (const char c : block) all |= static_cast<std::uint8_t>(c);
  return all < 0x80;
}

/// The bytes of the character that starts the text; 0 where it is none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const Sequence sequence = sequence_of(byte(0));
  if (sequence.bytes > text.size()) return 0;
  for (std::size_t i = 1; i < sequence.bytes; ++i) {
    const std::uint8_t least = i == 1 ? sequence.second_least : 0x80;
    const std::uint8_t most = i == 1 ? sequence.second_most : 0xBF;
    if (byte(i) < least || byte(i) > most) return 0;
  }
  return sequence.bytes;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (text.size() >= block_bytes && is_ascii(text.substr(0, block_bytes))) {
      text.remove_prefix(block_bytes);
      continue;
    }
    for (std::size_t passed = 0; passed < block_bytes && !text.empty();) {
      const std::size_t bytes = character_bytes(text);
      if (bytes == 0) return false;
      text.remove_prefix(bytes);
      passed += bytes;
    }
  }
  return true;
}

}  // namespace base
}  // namespace parley
