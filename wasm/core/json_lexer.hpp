#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json_escapes.hpp"

namespace parley {

enum class JsonKind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// Of a value that is well-formed, its first character tells.
constexpr JsonKind json_kind(char first) {
  switch (first) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return JsonKind::number;
  }
}

/// Whether a number of JSON is more than a double can be: from 1.797693134862315807937e308 on.
bool exceeds_double(std::string_view number);

/// The grammar of JSON (RFC 8259), which core and host share, so that one refuses what the other does. It walks
/// over a text once, from front to end, and stops at the first thing that is not well-formed. Numbers must be
/// within a double's range and escaped surrogates in pairs, as other parsers would refuse what comes after us
/// otherwise.
///
/// What takes time or code is how a string's characters are passed, which each does as suits it. `Strings`, of
/// which there is one a string, has
///
///     size_t pass(text, at)        where the characters from here on end that need no closer look
///     void look(text, at)          is told of each that does
///     size_t length(text)          bytes of the character that a text begins with; 0 where it begins with none
template <class Strings>
class JsonLexer {
 public:
  explicit JsonLexer(std::string_view text) : text_(text) {}

  /// Passes an object; `each(name)` passes a value, and is called where each of its values begins, with the text
  /// between the quotes of its name.
  template <class Each>
  [[nodiscard]] bool object(Each&& each) {
    const auto member = [&] {
      const std::size_t quote = at_;
      if (!string()) return false;
      const std::string_view name = text_.substr(quote + 1, at_ - quote - 2);
      blanks();
      if (!take(':')) return false;
      blanks();
      return each(name);
    };
    return list('{', '}', member);
  }
  /// Passes an array; `each()` passes a value, and is called where each of its values begins.
  template <class Each>
  [[nodiscard]] bool array(Each&& each) {
    return list('[', ']', each);
  }
  /// Passes a value that is neither.
  [[nodiscard]] bool scalar() {
    switch (next()) {
      case '"':
        return string();
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
  /// Passes what is left; false where that is more than blanks.
  [[nodiscard]] bool end() {
    blanks();
    return at_ == text_.size();
  }
  void blanks() {
    for (char c = next(); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = next()) ++at_;
  }

  /// At the end there is a NUL, which no text may have outside of its strings, nor there as it is.
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::string_view since(std::size_t start) const { return text_.substr(start, at_ - start); }

 private:
  template <class Item>
  [[nodiscard]] bool list(char open, char close, Item&& item) {
    if (!take(open)) return false;
    blanks();
    if (take(close)) return true;
    for (;;) {
      blanks();
      if (!item()) return false;
      blanks();
      if (take(close)) return true;
      if (!take(',')) return false;
    }
  }

  [[nodiscard]] bool string() {
    if (!take('"')) return false;
    for (Strings strings;;) {
      at_ = strings.pass(text_, at_);
      // One by one then until the last byte is no backslash, which would look like the start of an escape.
      do {
        if (take('"')) return true;
        strings.look(text_, at_);
        if (!character(strings)) return false;
      } while (text_[at_ - 1] == '\\');
    }
  }

  [[nodiscard]] bool character(const Strings& strings) {
    const char c = next();
    if (c == '\\') return escape();
    if (static_cast<unsigned char>(c) < ' ') return false;
    const std::size_t length = strings.length(text_.substr(at_));
    at_ += length;
    return length > 0;
  }

  [[nodiscard]] bool escape() {
    ++at_;
    const char letter = next();
    if (letter != 'u') {
      ++at_;
      return escaped_character(letter) != 0;
    }
    ++at_;
    const auto unit = hex_quad(text_.substr(at_));
    if (!unit || is_low_surrogate(*unit)) return false;
    at_ += 4;
    if (!is_high_surrogate(*unit)) return true;
    if (!take('\\') || !take('u')) return false;
    const auto low = hex_quad(text_.substr(at_));
    if (!low || !is_low_surrogate(*low)) return false;
    at_ += 4;
    return true;
  }

  [[nodiscard]] bool number() {
    const std::size_t start = at_;
    static_cast<void>(take('-'));
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) static_cast<void>(take('-'));
      if (!digits()) return false;
    }
    return !exceeds_double(since(start));
  }

  [[nodiscard]] bool digits() {
    const std::size_t start = at_;
    while (next() >= '0' && next() <= '9') ++at_;
    return at_ > start;
  }

  [[nodiscard]] bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  [[nodiscard]] bool take(char expected) {
    if (next() != expected) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline bool exceeds_double(std::string_view number) {
  constexpr std::string_view least = "1797693134862315807937";
  constexpr std::int64_t digits_of_least = 309;
  constexpr std::int64_t more_than_any_text = 1'000'000'000;
  const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  if (exponent_at == number.size() && number.size() < digits_of_least) return false;
  std::string_view mantissa = number.substr(0, exponent_at);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  // Before the point, from the first that is not 0.
  std::int64_t digits =
      static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + (first > point ? 1 : 0);
  std::int64_t exponent = 0;
  bool negative = false;
  for (const char c : number.substr(exponent_at)) {
    if (c == '-') negative = true;
    if (c >= '0' && c <= '9') exponent = std::min(exponent * 10 + (c - '0'), more_than_any_text);
  }
  digits += negative ? -exponent : exponent;
  if (digits != digits_of_least) return digits > digits_of_least;
  // Digit by digit: a text that ends goes on with zeros.
  mantissa.remove_prefix(first);
  for (const char wanted : least) {
    if (mantissa.starts_with('.')) mantissa.remove_prefix(1);
    const char digit = mantissa.empty() ? '0' : mantissa.front();
    if (digit != wanted) return digit > wanted;
    mantissa.remove_prefix(std::min<std::size_t>(mantissa.size(), 1));
  }
  return true;
}

}  // namespace parley
