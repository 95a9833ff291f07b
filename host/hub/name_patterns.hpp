#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::hub {

/// Names, in some of which a `*` stands for any text, and for none; `\*` is a star, and `\\` a backslash.
class NamePatterns {
 public:
  // Some rooms are all that somebody is let into; for more there is the star.
  static constexpr std::size_t most = 64;

  NamePatterns() = default;
  explicit NamePatterns(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}
  /// Every name there is.
  [[nodiscard]] static NamePatterns any() { return NamePatterns({"*"}); }
  /// This name alone, whatever is in it.
  [[nodiscard]] static NamePatterns exactly(std::string_view name);

  /// Takes time as the product of both lengths at worst.
  [[nodiscard]] bool match(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& all() const { return patterns_; }
  bool operator==(const NamePatterns&) const = default;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace parley::hub
