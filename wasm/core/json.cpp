#include "json.hpp"

#include <algorithm>
#include <array>

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

/// What the inside of a string, which has been parsed, says.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const std::size_t backslash = std::min(text.find('\\'), text.size());
    plain += text.substr(0, backslash);
    text.remove_prefix(backslash);
    if (text.empty()) break;
    std::array<char, 4> character{};
    plain.append(character.data(), write_unescaped(text, character.data()));
  }
  return plain;
}

/// How the core passes the characters of a string, which may be no UTF-8.
struct CheckedCharacters {
  static std::size_t pass(std::string_view text, std::size_t at) {
    return at + plain_length(text.substr(at));
  }
  static void look(std::string_view /*text*/, std::size_t /*at*/) {}
  static std::size_t length(std::string_view text) { return sequence_length(text); }
};

class Parser {
 public:
  explicit Parser(std::string_view text) : in_(text) {}

  std::optional<JsonValues> parse() {
    in_.blanks();
    if (!value({}) || !in_.end()) return std::nullopt;
    return std::move(values_);
  }

 private:
  bool value(std::string_view key) {
    if (values_.size() == limits.json_values) return false;
    const std::size_t start = in_.at();
    const std::size_t index = values_.size();
    const Json::Kind kind = json_kind(in_.next());
    values_.push_back({.key = key, .text = {}, .size = 1, .kind = kind});
    if (!content(kind)) return false;
    values_[index].text = in_.since(start);
    values_[index].size = static_cast<std::uint32_t>(values_.size() - index);
    return true;
  }

  bool content(Json::Kind kind) {
    if (kind != Json::Kind::object && kind != Json::Kind::array) return in_.scalar();
    // It recurses for each level, so what others send must not decide how far.
    if (++depth_ > limits.json_depth) return false;
    const bool passed = kind == Json::Kind::object
                            ? in_.object([this](std::string_view key) { return value(key); })
                            : in_.array([this] { return value({}); });
    --depth_;
    return passed;
  }

  JsonLexer<CheckedCharacters> in_;
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
    if (escaped ? key_of(member) != name : member.key != name) continue;
    if (found != nullptr) return nullptr;
    found = &member;
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
