#include "dialects/json_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <experimental/simd>
#include <optional>

namespace parley::dialects {
namespace {

namespace simd = std::experimental;

using Bytes = simd::native_simd<std::uint8_t>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The four hexadecimal digits at the start of this text.
std::optional<unsigned> hex_quad(std::string_view text) {
  constexpr std::size_t size = 4;
  unsigned unit = 0;
  if (text.size() < size) return std::nullopt;
  const char* end = text.data() + size;
  if (std::from_chars(text.data(), end, unit, 16).ptr != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}

bool is_low_surrogate(unsigned unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/// Whether it is more than a double can be. Only these are, so only they are worth converting.
bool may_overflow(std::string_view number) {
  return number.size() > 300 || number.find_first_of("eE") != std::string_view::npos;
}

bool overflows(std::string_view number) {
  // Not from_chars, which says the same of what is too large and of what is too close to 0.
  return may_overflow(number) && std::isinf(std::strtod(std::string(number).c_str(), nullptr));
}

void append_utf8(std::string& out, unsigned code_point) {
  const auto append = [&](unsigned byte) { out += static_cast<char>(byte); };
  const auto append_rest = [&](unsigned shift) { append(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) return append(code_point);
  if (code_point < 0x800) {
    append(0xc0U | (code_point >> 6U));
  } else if (code_point < 0x10000) {
    append(0xe0U | (code_point >> 12U));
    append_rest(6);
  } else {
    append(0xf0U | (code_point >> 18U));
    append_rest(12);
    append_rest(6);
  }
  append_rest(0);
}

/// What the escape that starts this text stands for; its bytes are taken off the text.
void append_unescaped(std::string& out, std::string_view& text) {
  constexpr std::string_view letters = "bfnrt";
  constexpr std::string_view meanings = "\b\f\n\r\t";
  const char letter = text[1];
  text.remove_prefix(2);
  if (letter != 'u') {
    const std::size_t at = letters.find(letter);
    out += at == std::string_view::npos ? letter : meanings[at];
    return;
  }
  unsigned code_point = hex_quad(text).value_or(0);
  text.remove_prefix(4);
  if (is_high_surrogate(code_point)) {
    const unsigned low = hex_quad(text.substr(2)).value_or(0);
    code_point = 0x10000U + ((code_point - 0xd800U) << 10U) + (low - 0xdc00U);
    text.remove_prefix(6);
  }
  append_utf8(out, code_point);
}

}  // namespace

bool JsonScanner::end() {
  blanks();
  return at_ == text_.size();
}

bool JsonScanner::value(std::size_t levels) {
  switch (next()) {
    case '"':
      return string();
    case '{':
      return object(levels, [](std::string_view, std::string_view) {});
    case '[':
      return array(levels, [](std::string_view) {});
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default:
      return number();
  }
}

bool JsonScanner::string() {
  if (!take('"')) return false;
  for (;;) {
    plain_characters();
    // Where those end may be in the middle of an escape: back to its start then, and on character by
    // character until the last byte is no backslash, which would look like the start of another.
    const std::size_t stop = at_;
    if (text_[at_ - 1] == '\\') --at_;
    do {
      if (take('"')) return true;
      if (!character()) return false;
    } while (at_ <= stop || text_[at_ - 1] == '\\');
  }
}

// An SDP is mostly one long string, with a line end, \r\n, every thirty bytes. So those two escapes are plain
// as well, and one look at each byte and the one before it tells.
void JsonScanner::plain_characters() {
  while (text_.size() - at_ >= Bytes::size()) {
    const auto* here = reinterpret_cast<const std::uint8_t*>(text_.data() + at_);
    const Bytes bytes(here, simd::element_aligned);
    const Bytes before(here - 1, simd::element_aligned);
    const auto stops =
        bytes == u8'"' || bytes < u8' ' || (before == u8'\\' && bytes != u8'n' && bytes != u8'r');
    if (simd::any_of(stops)) {
      at_ += static_cast<std::size_t>(simd::find_first_set(stops));
      return;
    }
    at_ += Bytes::size();
  }
}

bool JsonScanner::character() {
  if (next() == '\\') return escape();
  if (static_cast<unsigned char>(next()) < ' ') return false;
  ++at_;
  return true;
}

bool JsonScanner::escape() {
  ++at_;
  const char letter = next();
  ++at_;
  if (letter != 'u') return std::string_view("\"\\/bfnrt").find(letter) != std::string_view::npos;
  const auto unit = hex_quad(text_.substr(std::min(at_, text_.size())));
  if (!unit || is_low_surrogate(*unit)) return false;
  at_ += 4;
  if (!is_high_surrogate(*unit)) return true;
  if (!take('\\') || !take('u')) return false;
  const auto low = hex_quad(text_.substr(at_));
  at_ += 4;
  return low && is_low_surrogate(*low);
}

bool JsonScanner::number() {
  const std::size_t start = at_;
  static_cast<void>(take('-'));
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (take('e') || take('E')) {
    if (!take('+')) static_cast<void>(take('-'));
    if (!digits()) return false;
  }
  return !overflows(since(start));
}

bool JsonScanner::digits() {
  if (!is_digit(next())) return false;
  while (is_digit(next())) ++at_;
  return true;
}

bool JsonScanner::word(std::string_view expected) {
  if (text_.substr(at_, expected.size()) != expected) return false;
  at_ += expected.size();
  return true;
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\\'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) append_unescaped(out, text);
  }
  return out;
}

}  // namespace parley::dialects
