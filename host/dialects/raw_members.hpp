#pragma once

#include <cstddef>
#include <string_view>

namespace parley::dialects {

/// Goes through the members of a JSON object and gives their values' text, just as it was written. The object
/// must be known to be well-formed: this only finds where things end.
class RawMembers {
 public:
  explicit RawMembers(std::string_view object) : text_(object), at_(object.find('{') + 1) {}

  /// The next member's value; ask as often as there are members.
  [[nodiscard]] std::string_view next_value();

 private:
  void skip_string();
  void skip_container();

  std::string_view text_;
  std::size_t at_;
};

}  // namespace parley::dialects
