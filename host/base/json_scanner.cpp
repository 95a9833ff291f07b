#include "base/json_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/byte_block.hpp"

namespace parley {
inline namespace base {
namespace {

// As they stand in JSON: an SDP's line end in a string, and in a string of a string, which some protocols
// have.
constexpr std::string_view line_end = R"(\r\n)";
constexpr std::string_view nested_line_end = R"(\\r\\n)";

bool starts_with_nested_line_end(std::string_view text) {
  return text.size() >= nested_line_end.size() &&
         std::memcmp(text.data(), nested_line_end.data(), nested_line_end.size()) == 0;
}

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

char* write_utf8(unsigned code_point, char* to) {
  const auto write = [&](unsigned byte) { *to++ = static_cast<char>(byte); };
  const auto write_rest = [&](unsigned shift) { write(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) {
    write(code_point);
    return to;
  }
  if (code_point < 0x800) {
    write(0xc0U | (code_point >> 6U));
  } else if (code_point < 0x10000) {
    write(0xe0U | (code_point >> 12U));
    write_rest(6);
  } else {
    write(0xf0U | (code_point >> 18U));
    write_rest(12);
    write_rest(6);
  }
  write_rest(0);
  return to;
}

/// What a letter behind a backslash stands for, unless it is a `u`.
char meaning_of(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

/// Writes what the escape that starts this text stands for, whose bytes are taken off the text; says where
/// what was written ends.
char* write_unescaped(std::string_view& text, char* to) {
  const char letter = text[1];
  text.remove_prefix(2);
  if (letter != 'u') {
    *to = meaning_of(letter);
    return to + 1;
  }
  unsigned code_point = hex_quad(text).value_or(0);
  text.remove_prefix(4);
  if (is_high_surrogate(code_point)) {
    const unsigned low = hex_quad(text.substr(2)).value_or(0);
    code_point = 0x10000U + ((code_point - 0xd800U) << 10U) + (low - 0xdc00U);
    text.remove_prefix(6);
  }
  return write_utf8(code_point, to);
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
  for (bool nested = false;;) {
    nested ? plain_characters<true>() : plain_characters<false>();
    // One by one then until the last byte is no backslash, which would look like the start of an escape.
    do {
      if (take('"')) return true;
      nested = nested || text_.substr(at_, 2) == R"(\\)";
      if (!character()) return false;
    } while (text_[at_ - 1] == '\\');
  }
}

// An SDP is mostly one long string, with a line end, \r\n, every thirty bytes. So those two escapes are plain
// as well, and one look at each byte and the one before it tells. Nested, in a string of a string, that is
// \\r\\n: there two backslashes are plain as well, while a third is not, for which it takes one look more.
template <bool nested>
void JsonScanner::plain_characters() {
  const auto block_at = [this](std::size_t at) {
    return ByteBlock(reinterpret_cast<const std::uint8_t*>(text_.data() + at),
                     std::experimental::element_aligned);
  };
  std::size_t at = at_;
  while (text_.size() - at >= ByteBlock::size()) {
    const ByteBlock bytes = block_at(at);
    auto escaped = block_at(at - 1) == u8'\\';
    auto stops = bytes == u8'"' || bytes < u8' ';
    if constexpr (nested) {
      const auto backslash = bytes == u8'\\';
      const auto two_before = escaped && block_at(at - 2) == u8'\\';
      stops = stops || (two_before && backslash);
      escaped = escaped && !(two_before || backslash);
    }
    stops = stops || (escaped && !(bytes == u8'n' || bytes == u8'r'));
    const std::size_t plain = bytes_before(stops);
    at += plain;
    if (plain < ByteBlock::size()) break;
  }
  // That may be in the middle of an escape: back to its start then.
  const std::string_view passed = text_.substr(at_, at - at_);
  if (passed.ends_with('\\') && !(nested && passed.ends_with(R"(\\)"))) --at;
  at_ = at;
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
  switch (letter) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return true;
    case 'u':
      return code_unit();
    default:
      return false;
  }
}

bool JsonScanner::code_unit() {
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

static_assert(detail::room_to_unescape >= ByteBlock::size());

std::size_t detail::unescape(std::string_view text, char* to) {
  const char* const start = to;
  const auto escapes = [](const ByteBlock& bytes) { return bytes == u8'\\'; };
  while (!text.empty()) {
    const std::size_t plain = copy_block(text, to, escapes);
    text.remove_prefix(plain);
    to += plain;
    if (starts_with_nested_line_end(text)) {
      text.remove_prefix(nested_line_end.size());
      to = std::ranges::copy(line_end, to).out;
    } else if (text.starts_with('\\')) {
      to = write_unescaped(text, to);
    }
  }
  return static_cast<std::size_t>(to - start);
}

}  // namespace base
}  // namespace parley
