#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley {
inline namespace base {

/// Walks over a JSON text (RFC 8259) once, from front to end, and stops at the first thing that is not
/// well-formed. Nothing is unescaped, converted or copied: where a value starts and ends is all that comes of
/// it, as most of what a host relays it need not understand.
///
/// Numbers must be within a double's range and escaped surrogates in pairs, as other parsers would refuse
/// what comes after us otherwise. That the text is UTF-8 is for the caller to know.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  /// Passes an object, nested at most `levels` deep, and calls `on_member(name, value)` with the text of each
  /// of its members: the name without its quotes, the value as it was written.
  template <class OnMember>
  [[nodiscard]] bool object(std::size_t levels, OnMember&& on_member);
  /// Passes an array, nested at most `levels` deep, and calls `on_element(value)` with the text of each
  /// value.
  template <class OnElement>
  [[nodiscard]] bool array(std::size_t levels, OnElement&& on_element);
  /// Passes what is left; false where that is more than blanks.
  [[nodiscard]] bool end();

 private:
  [[nodiscard]] bool value(std::size_t levels);
  [[nodiscard]] bool string();
  [[nodiscard]] bool character();
  [[nodiscard]] bool escape();
  [[nodiscard]] bool code_unit();
  [[nodiscard]] bool number();
  [[nodiscard]] bool digits();
  [[nodiscard]] bool word(std::string_view expected);
  [[nodiscard]] bool take(char expected);
  /// From the start of a character, passes those that need no closer look.
  template <bool nested>
  void plain_characters();
  void blanks();

  /// At the end there is a NUL, which no text may have outside of its strings, nor there as it is.
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] std::string_view since(std::size_t start) const { return text_.substr(start, at_ - start); }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// What a string says, of which this is the text between its quotes. Its escapes are known to be right.
template <class Text = std::string>
[[nodiscard]] Text unescape(std::string_view text);

inline bool JsonScanner::take(char expected) {
  if (next() != expected) return false;
  ++at_;
  return true;
}

inline void JsonScanner::blanks() {
  for (char c = next(); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = next()) ++at_;
}

template <class OnMember>
bool JsonScanner::object(std::size_t levels, OnMember&& on_member) {
  blanks();
  if (levels == 0 || !take('{')) return false;
  blanks();
  if (take('}')) return true;
  for (;;) {
    const std::size_t name_start = at_ + 1;
    if (!string()) return false;
    const std::string_view name = text_.substr(name_start, at_ - 1 - name_start);
    blanks();
    if (!take(':')) return false;
    blanks();
    const std::size_t value_start = at_;
    if (!value(levels - 1)) return false;
    on_member(name, since(value_start));
    blanks();
    if (take('}')) return true;
    if (!take(',')) return false;
    blanks();
  }
}

template <class OnElement>
bool JsonScanner::array(std::size_t levels, OnElement&& on_element) {
  blanks();
  if (levels == 0 || !take('[')) return false;
  blanks();
  if (take(']')) return true;
  for (;;) {
    blanks();
    const std::size_t value_start = at_;
    if (!value(levels - 1)) return false;
    on_element(since(value_start));
    blanks();
    if (take(']')) return true;
    if (!take(',')) return false;
  }
}

namespace detail {
/// A block is written at a time, so where the last one goes there must be room for all of it.
inline constexpr std::size_t room_to_unescape = 64;
/// Needs as much room as the text has bytes, and that; says how much of it is used.
[[nodiscard]] std::size_t unescape(std::string_view text, char* to);
}  // namespace detail

template <class Text>
Text unescape(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return Text(text);
  Text out(text.size() + detail::room_to_unescape, '\0');
  out.resize(detail::unescape(text, out.data()));
  return out;
}

}  // namespace base
}  // namespace parley
