#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/json_lexer.hpp"

namespace parley {
inline namespace base {

/// How a host passes the characters of a string: by blocks. That the text is UTF-8 is for the caller to know.
class JsonBlocks {
 public:
  [[nodiscard]] std::size_t pass(std::string_view text, std::size_t at) const {
    return nested_ ? plain_characters<true>(text, at) : plain_characters<false>(text, at);
  }
  void look(std::string_view text, std::size_t at) { nested_ = nested_ || text.substr(at, 2) == R"(\\)"; }
  [[nodiscard]] std::size_t length(std::string_view /*text*/) const { return 1; }

 private:
  template <bool nested>
  [[nodiscard]] static std::size_t plain_characters(std::string_view text, std::size_t start);

  bool nested_ = false;  // it is a text in a string in a string, as some protocols have
};

/// Walks over a JSON text (RFC 8259) once, from front to end, and stops at the first thing that is not
/// well-formed: see JsonLexer. Nothing is unescaped, converted or copied: where a value starts and ends is all
/// that comes of it, as most of what a host relays it need not understand.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : in_(text) {}

  /// Passes an object, nested at most `levels` deep, and calls `on_member(name, value)` with the text of each
  /// of its members: the name without its quotes, the value as it was written.
  template <class OnMember>
  [[nodiscard]] bool object(std::size_t levels, OnMember&& on_member) {
    in_.blanks();
    return levels > 0 && in_.object([&](std::string_view name) {
      const std::size_t start = in_.at();
      if (!value(levels - 1)) return false;
      on_member(name, in_.since(start));
      return true;
    });
  }
  /// Passes an array, nested at most `levels` deep, and calls `on_element(value)` with the text of each
  /// value.
  template <class OnElement>
  [[nodiscard]] bool array(std::size_t levels, OnElement&& on_element) {
    in_.blanks();
    return levels > 0 && in_.array([&] {
      const std::size_t start = in_.at();
      if (!value(levels - 1)) return false;
      on_element(in_.since(start));
      return true;
    });
  }
  /// Passes what is left; false where that is more than blanks.
  [[nodiscard]] bool end() { return in_.end(); }

 private:
  [[nodiscard]] bool value(std::size_t levels);

  JsonLexer<JsonBlocks> in_;
};

/// What a string says, of which this is the text between its quotes. Its escapes are known to be right.
template <class Text = std::string>
[[nodiscard]] Text unescape(std::string_view text);

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
