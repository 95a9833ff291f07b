#include "dialects/json_text.hpp"

#include <array>
#include <charconv>

namespace parley::dialects {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

/// The letter after the backslash where a character has a short escape, or nothing.
constexpr char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
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
      return '\0';
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // the start of what needs no escape
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, at - plain);
    plain = at + 1;
    out += '\\';
    if (const char letter = short_escape(text[at])) {
      out += letter;
    } else {
      out.append("u00") += hex[c >> 4U];
      out += hex[c & 0x0FU];
    }
  }
  out.append(text, plain);
  out += '"';
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

void append_error(std::string& out, const hub::event::Error& error) {
  out.append(R"({"type":"error","code":")").append(hub::name_of(error.code)).append(R"(","message":)");
  append_string(out, error.message);
  out += '}';
}

}  // namespace parley::dialects
