#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// The escapes of JSON's strings (RFC 8259 section 7), for core and host.
namespace parley {

/// The letter that stands for a character after a backslash; 0 where it needs none or has none.
constexpr char escape_letter(char character) {
  switch (character) {
    case '"':
    case '\\':
      return character;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

/// What a letter after a backslash stands for, unless it is a `u`; 0 for none.
constexpr char escaped_character(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
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
      return 0;
  }
}

/// The four hexadecimal digits that a text begins with. (std::from_chars is 1.5 KB of WebAssembly.)
inline std::optional<char32_t> hex_quad(std::string_view text) {
  constexpr std::size_t size = 4;
  if (text.size() < size) return std::nullopt;
  char32_t unit = 0;
  for (const char digit : text.substr(0, size)) {
    const auto letter = static_cast<unsigned char>(digit | 0x20);
    if (digit >= '0' && digit <= '9') {
      unit = unit * 16 + static_cast<unsigned char>(digit - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      unit = unit * 16 + (letter - 'a' + 10U);
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

constexpr bool is_high_surrogate(char32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

constexpr bool is_low_surrogate(char32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Writes at most four bytes (RFC 3629 section 3); says where they end.
inline char* write_utf8(char32_t character, char* to) {
  const auto write = [&](char32_t byte) { *to++ = static_cast<char>(byte); };
  const auto continuation = [&](unsigned shift) { write(0x80U | ((character >> shift) & 0x3FU)); };
  if (character < 0x80) {
    write(character);
    return to;
  }
  if (character < 0x800) {
    write(0xC0U | (character >> 6U));
  } else if (character < 0x10000) {
    write(0xE0U | (character >> 12U));
    continuation(6);
  } else {
    write(0xF0U | (character >> 18U));
    continuation(12);
    continuation(6);
  }
  continuation(0);
  return to;
}

/// Writes what the escape that a text begins with stands for, and takes the escape off the text; says where it
/// ends. The escape is known to be right.
inline char* write_unescaped(std::string_view& text, char* to) {
  const char letter = text[1];
  text.remove_prefix(2);
  if (letter != 'u') {
    *to = escaped_character(letter);
    return to + 1;
  }
  char32_t character = hex_quad(text).value_or(0);
  text.remove_prefix(4);
  if (is_high_surrogate(character)) {
    const char32_t low = hex_quad(text.substr(2)).value_or(0);
    character = 0x10000U + ((character - 0xD800U) << 10U) + (low - 0xDC00U);
    text.remove_prefix(6);
  }
  return write_utf8(character, to);
}

}  // namespace parley
