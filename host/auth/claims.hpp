#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::auth {

/// What whoever holds a token may do: the words of its claim `may`.
enum class Right : std::uint8_t {
  join,      ///< enter a room
  publish,   ///< send a stream that the host passes on
  watch,     ///< see such streams
  call,      ///< be called, and call others, by name
  moderate,  ///< say who is in a room, and what they may do
  admin,     ///< everything that the host's API offers
};

inline constexpr std::array<std::pair<std::string_view, Right>, 6> rights{{{"join", Right::join},
                                                                           {"publish", Right::publish},
                                                                           {"watch", Right::watch},
                                                                           {"call", Right::call},
                                                                           {"moderate", Right::moderate},
                                                                           {"admin", Right::admin}}};

[[nodiscard]] std::string_view name_of(Right right);
[[nodiscard]] std::optional<Right> right_of(std::string_view name);

class Rights {
 public:
  Rights() = default;
  Rights(std::initializer_list<Right> all) {
    for (const Right each : all) add(each);
  }

  void add(Right right) { all_.set(static_cast<std::size_t>(right)); }
  [[nodiscard]] bool has(Right right) const { return all_.test(static_cast<std::size_t>(right)); }
  bool operator==(const Rights&) const = default;

 private:
  std::bitset<rights.size()> all_;
};

/// Names, in some of which a `*` stands for any text, and for none.
class NamePatterns {
 public:
  // Some rooms are all that somebody is let into; for more there is the star.
  static constexpr std::size_t most = 64;

  NamePatterns() = default;
  explicit NamePatterns(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}
  /// Every name there is.
  [[nodiscard]] static NamePatterns any() { return NamePatterns({"*"}); }

  /// Takes time as the product of both lengths at worst.
  [[nodiscard]] bool match(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& all() const { return patterns_; }
  bool operator==(const NamePatterns&) const = default;

 private:
  std::vector<std::string> patterns_;
};

/// What a token says of whoever holds it.
struct Claims {
  using Time = std::chrono::sys_seconds;

  std::string identity{};  ///< `sub`: who this is, for ever; empty where it is nobody's own
  std::string name{};      ///< to be shown
  NamePatterns rooms = NamePatterns::any();
  NamePatterns sims = NamePatterns::any();  ///< numbers to publish under
  /// Without the claim `may`: what an ordinary member does.
  Rights may{Right::join, Right::watch, Right::call};
  Time begins{};  ///< `nbf`; 0: at once
  Time ends{};    ///< `exp`
  std::string issuer{};
  std::string audience{};

  bool operator==(const Claims&) const = default;
};

}  // namespace parley::auth
