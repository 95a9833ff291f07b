#pragma once

#include <simdjson.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace parley::dialects {

enum class JsonKind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// One field of an object. The views end with the JsonObject they are of, or with the text it read.
struct JsonField {
  JsonKind kind = JsonKind::absent;
  std::string_view raw;                 ///< the value's JSON text, just as the client wrote it
  std::string_view text;                ///< of a string: what it says
  std::optional<std::uint64_t> number;  ///< of a number: its value, where it is a whole number from 0
  bool repeated = false;                ///< there is more than one of this name
};

/// A JSON object (RFC 8259) of which some fields are of interest: all of it is checked, those are kept.
///
/// simdjson reads it, at about 2 GB/s. Its parsers are taken from a few spare ones and not kept by each
/// thread: a host has ten thousand threads, and theirs would cost more memory than all the rest of them.
class JsonObject {
 public:
  static constexpr std::size_t max_names = 16;
  /// Deeper ones are refused, for the sake of those who parse by recursion. A description is 2 levels deep.
  static constexpr std::size_t max_depth = 64;

  /// `names` outlives the object and holds at most `max_names`.
  explicit JsonObject(std::span<const std::string_view> names);
  ~JsonObject();
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  /// Once only. False where the text is not UTF-8, not JSON, not one object, or too deep.
  [[nodiscard]] bool read(std::string_view text);

  /// The field with the name at this place in `names`.
  [[nodiscard]] const JsonField& operator[](std::size_t place) const { return fields_[place]; }

 private:
  [[nodiscard]] JsonField* wanted(std::string_view name);

  std::span<const std::string_view> names_;
  std::array<JsonField, max_names> fields_{};
  std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace parley::dialects
