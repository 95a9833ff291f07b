#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::log {

enum class Level : unsigned char { debug, info, warn, error, off };
enum class Format : unsigned char { text, json };

/// A named value in a line: key=value, or a JSON member.
struct Field {
  Field(std::string_view key_, std::string_view value_) : key(key_), value(value_) {}
  Field(std::string_view key_, const char* value_) : key(key_), value(value_) {}
  Field(std::string_view key_, std::string value_) : key(key_), value(std::move(value_)) {}
  Field(std::string_view key_, std::integral auto value_)
      : key(key_), value(std::to_string(value_)), is_number(true) {}

  std::string_view key;
  std::string value;
  bool is_number = false;
};

/// Where lines go to is standard error, so that standard output stays for what a script wants to read. Nobody
/// waits for its reader: where that is too slow, lines are dropped, and the next one says how many.
void start(Level level, Format format);

/// One thing that happened, in one line. Fields without a value are left out. Allocates, and so may throw.
void line(Level level, std::string_view event, std::initializer_list<Field> fields = {});

/// The line without its time and level: `join room=blue-otter peer=ada` or
/// `"event":"join","room":"blue-otter",…`.
[[nodiscard]] std::string render(Format format, std::string_view event, std::initializer_list<Field> fields);

}  // namespace parley::log
