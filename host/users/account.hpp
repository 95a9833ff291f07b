#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/rights.hpp"

namespace parley::users {

using Time = std::chrono::sys_seconds;

/// A name that belongs to somebody.
struct Account {
  std::string name;  ///< as it was written at first
  hub::Rights may{};
  /// Which sign-ins are good: those of before end when it becomes another. Random, so that of a name that was removed
  /// and given again, none is good.
  std::uint64_t generation = 0;
  Time since{};
};

inline constexpr std::size_t least_name_bytes = 2;
inline constexpr std::size_t most_name_bytes = 32;

/// Whether an account may have it: letters and digits of ASCII, and after the first of them `.`, `_` and `-`. Of more,
/// many look alike.
[[nodiscard]] bool is_account_name(std::string_view name);
/// The same for all names that belong to one account: those that differ in upper and lower case alone.
[[nodiscard]] std::string folded(std::string_view name);

// NIST SP 800-63B section 5.1.1.2: no fewer, and no rules on which.
inline constexpr std::size_t least_password_characters = 8;
// A sentence, and not a book.
inline constexpr std::size_t most_password_bytes = 128;

/// Why an account may not have this name, or this password; nothing where it may. A sentence.
[[nodiscard]] std::optional<std::string> fault_of_name(std::string_view name);
[[nodiscard]] std::optional<std::string> fault_of_password(std::string_view password);

/// Of an account that is made now, or signed out everywhere.
[[nodiscard]] std::uint64_t new_sign_in();
/// Of an account that somebody has made for themselves.
[[nodiscard]] hub::Rights usual_rights();

/// As a token has them, and `parley user`: "join,watch".
[[nodiscard]] std::string join_rights(const hub::Rights& may);
[[nodiscard]] hub::Rights split_rights(std::string_view words);

}  // namespace parley::users
