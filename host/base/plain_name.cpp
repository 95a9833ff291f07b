#include "base/plain_name.hpp"

#include <algorithm>
#include <array>

namespace parley {
inline namespace base {
namespace {

// As UTF-8 writes them: the spaces and the code points without a picture that a name may have (Unicode 15,
// Default_Ignorable_Code_Point and White_Space); those of three bytes that begin alike are one entry.
constexpr std::array<std::string_view, 8> unseen{
    " ",
    "\xc2\xa0",      // U+00A0, a space that does not break
    "\xc2\xad",      // U+00AD, a soft hyphen
    "\xcd\x8f",      // U+034F, which joins letters
    "\xe2\x80",      // U+2000 to U+203F: spaces, joiners and marks of direction; see is_unseen()
    "\xe2\x81",      // U+2060 to U+206F, likewise
    "\xe3\x80\x80",  // U+3000, a wide space
    "\xef\xbb\xbf"   // U+FEFF
};

/// Of those in one block, by their last byte.
bool is_unseen(std::string_view lead, unsigned char last) {
  if (lead == "\xe2\x80") return last <= 0x8f || (last >= 0xa8 && last <= 0xaf);
  return lead != "\xe2\x81" || last == 0x9f || (last >= 0xa0 && last <= 0xaf);
}

/// How many bytes of what nobody sees it begins with.
std::size_t unseen_bytes(std::string_view text) {
  const auto* const lead =
      std::ranges::find_if(unseen, [&](std::string_view each) { return text.starts_with(each); });
  if (lead == unseen.end()) return 0;
  const bool is_block = *lead == "\xe2\x80" || *lead == "\xe2\x81";
  if (!is_block) return lead->size();
  return text.size() > 2 && is_unseen(*lead, static_cast<unsigned char>(text[2])) ? 3 : 0;
}

char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    const std::size_t skipped = unseen_bytes(name);
    if (skipped == 0) plain.push_back(small(name.front()));
    name.remove_prefix(std::max<std::size_t>(skipped, 1));
  }
  return plain;
}

}  // namespace base
}  // namespace parley
