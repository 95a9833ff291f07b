#include "users/account.hpp"

#include <algorithm>

#include "base/plain_name.hpp"
#include "base/random.hpp"

namespace parley::users {
namespace {

// Of a number that JSON keeps exactly (RFC 8259 section 6).
constexpr std::uint64_t exact_bits = (std::uint64_t{1} << 53U) - 1;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_alphanumeric(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Of UTF-8.
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

bool is_in_name(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_account_name(std::string_view name) {
  return name.size() >= least_name_bytes && name.size() <= most_name_bytes && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, is_in_name);
}

std::string folded(std::string_view name) {
  return plain_name(name);
}

std::optional<std::string> fault_of_name(std::string_view name) {
  if (is_account_name(name)) return std::nullopt;
  return "A name has " + std::to_string(least_name_bytes) + " to " + std::to_string(most_name_bytes) +
         " letters and digits, and after the first one also dots, _ and -.";
}

std::optional<std::string> fault_of_password(std::string_view password) {
  const auto characters = std::ranges::count_if(password, begins_character);
  if (static_cast<std::size_t>(characters) < least_password_characters)
    return "A password has at least " + std::to_string(least_password_characters) + " characters.";
  if (password.size() > most_password_bytes)
    return "A password has at most " + std::to_string(most_password_bytes) + " bytes, as UTF-8 counts them.";
  return std::nullopt;
}

std::uint64_t new_sign_in() {
  return random_seed() & exact_bits;
}

hub::Rights usual_rights() {
  return {hub::Right::join, hub::Right::publish, hub::Right::watch, hub::Right::call};
}

std::string join_rights(const hub::Rights& may) {
  std::string words;
  for (const auto& [name, right] : hub::rights)
    if (may.has(right)) words.append(words.empty() ? "" : ",").append(name);
  return words;
}

hub::Rights split_rights(std::string_view words) {
  hub::Rights may;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(','));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (const auto right = hub::right_of(word)) may.add(*right);
  }
  return may;
}

}  // namespace parley::users
