#pragma once

#include <array>
#include <bitset>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json_scanner.hpp"

namespace parley {
inline namespace base {

/// One field of an object.
struct JsonField {
  JsonKind kind = JsonKind::absent;
  std::string_view raw{};     ///< the value's JSON text, just as the client wrote it: part of what was read
  std::string_view member{};  ///< the same with its name, from the name's first quote on
  bool repeated = false;      ///< there is more than one of this name

  /// Of a string: what it says.
  template <class Text = std::string>
  [[nodiscard]] Text text() const {
    return kind == JsonKind::string ? unescape<Text>(raw.substr(1, raw.size() - 2)) : Text();
  }
  /// Of a number: its value, where it is a whole number from 0 and fits.
  [[nodiscard]] std::optional<std::uint64_t> number() const;
};

/// A JSON object (RFC 8259) of which some fields are of interest: all of it is checked, those are kept.
class JsonObject {
 public:
  static constexpr std::size_t max_names = 24;
  /// Deeper ones are refused, for the sake of those who parse by recursion. A description is 2 levels deep.
  static constexpr std::size_t max_depth = 64;

  /// `names` outlives the object and holds at most `max_names`.
  explicit JsonObject(std::span<const std::string_view> names)  // NOLINT(*-member-init): values_
      : names_(names) {}

  /// Once only, and of UTF-8. False where the text is not JSON, not one object, or too deep.
  [[nodiscard]] bool read(std::string_view text);
  /// The fields are views of the text, which a temporary would not outlive.
  template <std::same_as<std::string> Temporary>
  bool read(Temporary&& text) = delete;

  /// The field with the name at this index in `names`.
  [[nodiscard]] JsonField operator[](std::size_t index) const {
    if (kinds_[index] == JsonKind::absent) return {};
    const Value& value = values_[index];
    return {.kind = kinds_[index],
            .raw = {value.begin, value.end},
            .member = {value.name, value.end},
            .repeated = repeated_[index]};
  }

 private:
  struct Value {
    const char* name;
    const char* begin;
    const char* end;
  };

  void keep(std::string_view name, std::string_view value);

  std::span<const std::string_view> names_;
  std::array<JsonKind, max_names> kinds_{};
  std::bitset<max_names> repeated_;
  // Set only for fields that are there: clearing them all took longer than keeping the usual four.
  std::array<Value, max_names> values_;
};

}  // namespace base
}  // namespace parley
