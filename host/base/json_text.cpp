#include "base/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/byte_block.hpp"
#include "core/json_escapes.hpp"

namespace parley {
inline namespace base {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

char* write_escape(char c, char* to) {
  *to++ = '\\';
  if (const char letter = escape_letter(c)) {
    *to++ = letter;
    return to;
  }
  const auto code = static_cast<unsigned char>(c);
  for (const char digit : {'u', '0', '0', hex[code >> 4U], hex[code & 0x0FU]}) *to++ = digit;
  return to;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view line_end = R"(\r\n)";  // an SDP's, in a string
  constexpr std::string_view escaped_line_end = R"(\\r\\n)";
  constexpr std::size_t longest_escape = 6;
  std::array<char, 1024> escaped;  // NOLINT(*-member-init): clearing it takes longer than most texts
  const char* const full = escaped.end() - ByteBlock::size() - longest_escape;
  const auto needs_escape = [](const ByteBlock& bytes) {
    return bytes == u8'"' || bytes == u8'\\' || bytes < u8' ';
  };
  char* to = escaped.begin();
  *to++ = '"';
  while (!text.empty()) {
    if (to > full) {
      out.append(escaped.begin(), to);
      to = escaped.begin();
    }
    const std::size_t plain = copy_block(text, to, needs_escape);
    text.remove_prefix(plain);
    to += plain;
    if (text.starts_with(line_end)) {
      text.remove_prefix(line_end.size());
      to = std::ranges::copy(escaped_line_end, to).out;
    } else if (plain < ByteBlock::size() && !text.empty()) {
      to = write_escape(text.front(), to);
      text.remove_prefix(1);
    }
  }
  *to++ = '"';
  out.append(escaped.begin(), to);
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  out.append(digits.begin(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

void append_strings(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out += ',';
    append_string(out, text);
  }
  out += ']';
}

}  // namespace base
}  // namespace parley
