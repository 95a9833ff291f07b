#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_lexer.hpp"

/// JSON (RFC 8259) for the codecs: a reader of what somebody else wrote and a writer. Nothing throws. Small
/// for what a page has to load: nlohmann/json, as the host has it, would be two fifths of the WebAssembly.
namespace parley {

/// One value, as a view of the text it was read from.
struct Json {
  using Kind = JsonKind;

  std::string_view key;    ///< of an object's member: what its quotes hold, escapes and all
  std::string_view text;   ///< the value from its first to its last character
  std::uint32_t size = 1;  ///< values in this one, itself included: the next sibling is that much further
  Kind kind = Kind::null;
};

/// A whole text, read once: its values in the order they are written in. It refers to the text, which must
/// outlive it.
using JsonValues = std::vector<Json>;

/// Nothing where the text is not JSON (not UTF-8 or a surrogate alone, for instance), nested deeper than
/// `Limits::json_depth`, or of more than `Limits::json_values`.
[[nodiscard]] std::optional<JsonValues> parse(std::string_view text);

/// The same of a text that is one object, within `Limits::message_bytes`.
[[nodiscard]] std::optional<JsonValues> parse_object(std::string_view text);

/// The elements of an array, the members of an object; nothing in any other value.
class JsonChildren {
 public:
  class Iterator {
   public:
    explicit Iterator(const Json* at) : at_(at) {}
    const Json& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ += at_->size;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Json* at_;
  };

  explicit JsonChildren(const Json& parent) : parent_(parent) {}
  [[nodiscard]] Iterator begin() const { return Iterator(&parent_ + 1); }
  [[nodiscard]] Iterator end() const { return Iterator(&parent_ + parent_.size); }

 private:
  const Json& parent_;
};

[[nodiscard]] std::string key_of(const Json& member);
/// What a string value says.
[[nodiscard]] std::string string_of(const Json& value);

/// The member of this name; none where there are several, of which each reader would take another.
[[nodiscard]] const Json* find(const Json& object, std::string_view name);
[[nodiscard]] const Json* find(const Json& object, std::string_view name, Json::Kind kind);
[[nodiscard]] std::optional<std::string> find_string(const Json& object, std::string_view name);
[[nodiscard]] bool find_true(const Json& object, std::string_view name);

/// The same, or else another text.
[[nodiscard]] std::string find_text(const Json& object, std::string_view name,
                                    std::string_view otherwise = "");

/// A whole number of at most so much, written without fraction or exponent. (A copy in each caller would be
/// half a kilobyte more to load.)
[[nodiscard, gnu::noinline]] std::optional<std::uint64_t> find_whole(const Json& object,
                                                                     std::string_view name,
                                                                     std::uint64_t most);

/// One that fits.
template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> find_number(const Json& object, std::string_view name) {
  const auto whole = find_whole(object, name, std::numeric_limits<Number>::max());
  return whole ? std::optional(static_cast<Number>(*whole)) : std::nullopt;
}

/// Writes one object, member by member, without blanks.
class JsonObject {
 public:
  /// What is not UTF-8 is replaced by U+FFFD.
  JsonObject& string(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, std::uint64_t value);
  JsonObject& boolean(std::string_view name, bool value);
  /// A value that is JSON already.
  JsonObject& json(std::string_view name, std::string_view value);

  [[nodiscard]] std::string take() { return std::move(text_ += '}'); }

 private:
  void name(std::string_view name);

  std::string text_ = "{";
};

/// Writes one array, element by element, likewise.
class JsonArray {
 public:
  JsonArray& string(std::string_view value);
  JsonArray& number(std::uint64_t value);
  JsonArray& boolean(bool value);
  JsonArray& json(std::string_view value);

  [[nodiscard]] std::string take() { return std::move(text_ += ']'); }

 private:
  std::string text_ = "[";
};

}  // namespace parley
