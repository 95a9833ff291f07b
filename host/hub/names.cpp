#include "hub/names.hpp"

#include <algorithm>

namespace parley::hub {
namespace {

bool has_control_character(std::string_view text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (before == 0xc2 && byte < 0xa0) return true;  // U+0080 to U+009F are C2 80 to C2 9F
    before = byte;
  }
  return false;
}

}  // namespace

bool is_id(std::string_view text, std::size_t bytes) {
  return !text.empty() && text.size() <= bytes && !has_control_character(text);
}

bool is_incarnation(std::string_view text, std::size_t bytes) {
  return !text.empty() && text.size() <= bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace parley::hub
