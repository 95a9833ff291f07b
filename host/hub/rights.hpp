#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace parley::hub {

/// What somebody may do: the words of a token's claim `may`.
enum class Right : std::uint8_t {
  join,      ///< enter a room
  publish,   ///< send a stream that the host passes on
  watch,     ///< see such streams
  call,      ///< be called, and call others, by name
  moderate,  ///< say who is in a room, and what they may do
  admin,     ///< everything that the host's API offers
  enroll,    ///< make an account, where that takes an invitation
};

inline constexpr std::array<std::pair<std::string_view, Right>, 7> rights{{{"join", Right::join},
                                                                           {"publish", Right::publish},
                                                                           {"watch", Right::watch},
                                                                           {"call", Right::call},
                                                                           {"moderate", Right::moderate},
                                                                           {"admin", Right::admin},
                                                                           {"register", Right::enroll}}};

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

}  // namespace parley::hub
