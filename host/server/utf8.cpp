#include "server/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace parley::server {
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

}  // namespace

bool is_utf8(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_of(byte(at));
    if (sequence.bytes == 0 || at + sequence.bytes > text.size()) return false;
    for (std::size_t i = 1; i < sequence.bytes; ++i) {
      const std::uint8_t least = i == 1 ? sequence.second_least : 0x80;
      const std::uint8_t most = i == 1 ? sequence.second_most : 0xBF;
      if (byte(at + i) < least || byte(at + i) > most) return false;
    }
    at += sequence.bytes;
  }
  return true;
}

}  // namespace parley::server
