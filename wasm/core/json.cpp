#include "json.hpp"

#include <algorithm>

#include "limits.hpp"

namespace parley {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// The length of the UTF-8 sequence (RFC 3629, section 4) that a text begins with; 0 where it begins with
/// none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  // Longer than it need be, a surrogate, or above U+10FFFF.
  const unsigned second = byte(1);
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return wrong ? 0 : length;
}

/// How many of a text's first characters mean themselves in a JSON string: most of them, and all of an SDP's
/// lines.
std::size_t plain_length(std::string_view text) {
  const auto special = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
  };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), special) - text.begin());
}

void append_utf8(std::string& text, char32_t character) {
  const auto continuation = [&](unsigned shift) {
    text += static_cast<char>(0x80U | ((character >> shift) & 0x3FU));
  };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0U | (character >> 6U));
    continuation(0);
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0U | (character >> 12U));
    continuation(6);
    continuation(0);
  } else {
    text += static_cast<char>(0xF0U | (character >> 18U));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

struct Escape {
  char32_t character;
  std::size_t length;
};

/// The UTF-16 code unit of `\uXXXX`, at the beginning of this text.
std::optional<char32_t> code_unit(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  char32_t unit = 0;
  for (const char digit : text.substr(2, 4)) {
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

/// What a letter after a backslash stands for; 0 for none.
char escaped_character(char letter) {
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

/// The letter that stands for a character after a backslash; 0 where it needs none or has none.
char escape_letter(char character) {
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

/// The escape that a text begins with.
std::optional<Escape> read_escape(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  if (const char character = escaped_character(text[1]); character != 0) {
    return Escape{.character = static_cast<char32_t>(character), .length = 2};
  }
  const auto unit = code_unit(text);
  if (!unit || (*unit >= 0xDC00 && *unit < 0xE000)) return std::nullopt;
  if (*unit < 0xD800 || *unit >= 0xE000) return Escape{.character = *unit, .length = 6};
  const auto low = code_unit(text.substr(6));
  if (!low || *low < 0xDC00 || *low >= 0xE000) return std::nullopt;
  return Escape{.character = 0x10000U + ((*unit - 0xD800U) << 10U) + (*low - 0xDC00U), .length = 12};
}

/// What the inside of a string, which has been parsed, says.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const std::size_t backslash = std::min(text.find('\\'), text.size());
    plain += text.substr(0, backslash);
    text.remove_prefix(backslash);
    if (const auto escape = read_escape(text)) {
      append_utf8(plain, escape->character);
      text.remove_prefix(escape->length);
    }
  }
  return plain;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<JsonValues> parse() {
    if (!value({})) return std::nullopt;
    skip_blanks();
    if (!rest_.empty()) return std::nullopt;
    return std::move(values_);
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r"), rest_.size())); }

  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool value(std::string_view key) {
    skip_blanks();
    if (rest_.empty() || values_.size() == limits.json_values) return false;
    const std::string_view from_here = rest_;
    const std::size_t index = values_.size();
    const Json::Kind kind = kind_of(rest_.front());
    values_.push_back({.key = key, .text = {}, .size = 1, .kind = kind});
    if (!content(kind)) return false;
    values_[index].text = from_here.substr(0, from_here.size() - rest_.size());
    values_[index].size = static_cast<std::uint32_t>(values_.size() - index);
    return true;
  }

  static Json::Kind kind_of(char first) {
    switch (first) {
      case '{':
        return Json::Kind::object;
      case '[':
        return Json::Kind::array;
      case '"':
        return Json::Kind::string;
      case 't':
      case 'f':
        return Json::Kind::boolean;
      case 'n':
        return Json::Kind::null;
      default:
        return Json::Kind::number;
    }
  }

  bool content(Json::Kind kind) {
    switch (kind) {
      case Json::Kind::null:
        return take_word("null");
      case Json::Kind::boolean:
        return take_word("true") || take_word("false");
      case Json::Kind::number:
        return number();
      case Json::Kind::string:
        return string();
      case Json::Kind::array:
        return list('[', ']', [this] { return value({}); });
      case Json::Kind::object:
        return list('{', '}', [this] { return member(); });
    }
    return false;
  }

  template <class Item>
  bool list(char open, char close, Item item) {
    // It recurses for each level, so what others send must not decide how far.
    if (!take(open) || ++depth_ > limits.json_depth) return false;
    skip_blanks();
    if (!take(close)) {
      do {
        if (!item()) return false;
        skip_blanks();
      } while (take(','));
      if (!take(close)) return false;
    }
    --depth_;
    return true;
  }

  bool member() {
    skip_blanks();
    const std::string_view from_here = rest_;
    if (!string()) return false;
    const std::string_view key = from_here.substr(1, from_here.size() - rest_.size() - 2);
    skip_blanks();
    return take(':') && value(key);
  }

  bool string() {
    if (!take('"')) return false;
    for (;;) {
      rest_.remove_prefix(plain_length(rest_));
      if (take('"')) return true;
      if (rest_.empty() || static_cast<unsigned char>(rest_.front()) < 0x20) return false;
      std::size_t length = sequence_length(rest_);
      if (rest_.front() == '\\') {
        const auto escape = read_escape(rest_);
        length = escape ? escape->length : 0;
      }
      if (length == 0) return false;
      rest_.remove_prefix(length);
    }
  }

  bool digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  std::string_view rest_;
  std::size_t depth_ = 0;
  JsonValues values_;
};

void append_string(std::string& text, std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  text += '"';
  for (;;) {
    const std::size_t plain = plain_length(value);
    text += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    const char c = value.front();
    const std::size_t length = sequence_length(value);
    if (const char letter = escape_letter(c); letter != 0) {
      text += '\\';
      text += letter;
    } else if (length == 1) {
      text += c < 0x10 ? "\\u000" : "\\u001";
      text += hex[static_cast<unsigned char>(c) & 0xFU];
    } else {
      text += length == 0 ? replacement_character : value.substr(0, length);
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
  text += '"';
}

}  // namespace

std::optional<JsonValues> parse(std::string_view text) {
  return Parser(text).parse();
}

std::optional<JsonValues> parse_object(std::string_view text) {
  if (text.size() > limits.message_bytes) return std::nullopt;
  auto values = parse(text);
  if (!values || values->front().kind != Json::Kind::object) return std::nullopt;
  return values;
}

std::string key_of(const Json& member) {
  return unescape(member.key);
}

std::string string_of(const Json& value) {
  return unescape(value.text.substr(1, value.text.size() - 2));
}

const Json* find(const Json& object, std::string_view name) {
  const Json* found = nullptr;
  for (const Json& member : JsonChildren(object)) {
    const bool escaped = member.key.find('\\') != std::string_view::npos;
    if (escaped ? key_of(member) == name : member.key == name) found = &member;
  }
  return found;
}

const Json* find(const Json& object, std::string_view name, Json::Kind kind) {
  const Json* found = find(object, name);
  return found != nullptr && found->kind == kind ? found : nullptr;
}

std::optional<std::string> find_string(const Json& object, std::string_view name) {
  const Json* found = find(object, name, Json::Kind::string);
  if (found == nullptr) return std::nullopt;
  return string_of(*found);
}

std::string find_text(const Json& object, std::string_view name, std::string_view otherwise) {
  const Json* found = find(object, name, Json::Kind::string);
  return found == nullptr ? std::string(otherwise) : string_of(*found);
}

std::optional<std::uint64_t> find_whole(const Json& object, std::string_view name, std::uint64_t most) {
  const Json* found = find(object, name, Json::Kind::number);
  if (found == nullptr) return std::nullopt;
  // By hand: std::from_chars is 1.5 KB of WebAssembly.
  std::uint64_t number = 0;
  for (const char character : found->text) {
    if (character < '0' || character > '9') return std::nullopt;
    const auto digit = static_cast<unsigned char>(character - '0');
    if (digit > most || number > (most - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

bool find_true(const Json& object, std::string_view name) {
  const Json* found = find(object, name, Json::Kind::boolean);
  return found != nullptr && found->text == "true";
}

void JsonObject::name(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  append_string(text_, name);
  text_ += ':';
}

JsonObject& JsonObject::string(std::string_view name, std::string_view value) {
  this->name(name);
  append_string(text_, value);
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::uint64_t value) {
  return json(name, std::to_string(value));
}

JsonObject& JsonObject::boolean(std::string_view name, bool value) {
  return json(name, value ? "true" : "false");
}

JsonObject& JsonObject::json(std::string_view name, std::string_view value) {
  this->name(name);
  text_ += value;
  return *this;
}

JsonArray& JsonArray::string(std::string_view value) {
  if (text_.size() > 1) text_ += ',';
  append_string(text_, value);
  return *this;
}

JsonArray& JsonArray::number(std::uint64_t value) {
  return json(std::to_string(value));
}

JsonArray& JsonArray::boolean(bool value) {
  return json(value ? "true" : "false");
}

JsonArray& JsonArray::json(std::string_view value) {
  if (text_.size() > 1) text_ += ',';
  text_ += value;
  return *this;
}

}  // namespace parley
