#include "base/json_scanner.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/byte_block.hpp"

namespace parley {
inline namespace base {
namespace {

// As they stand in JSON: an SDP's line end in a string, and in a string of a string, which some protocols
// have.
constexpr std::string_view line_end = R"(\r\n)";
constexpr std::string_view nested_line_end = R"(\\r\\n)";

bool starts_with_nested_line_end(std::string_view text) {
  return text.size() >= nested_line_end.size() &&
         std::memcmp(text.data(), nested_line_end.data(), nested_line_end.size()) == 0;
}

}  // namespace

bool JsonScanner::value(std::size_t levels) {
  switch (in_.next()) {
    case '{':
      return object(levels, [](std::string_view, std::string_view) {});
    case '[':
      return array(levels, [](std::string_view) {});
    default:
      return in_.scalar();
  }
}

// An SDP is mostly one long string, with a line end, \r\n, every thirty bytes. So those two escapes are plain
// as well, and one look at each byte and the one before it tells. Nested, in a string of a string, that is
// \\r\\n: there two backslashes are plain as well, while a third is not, for which it takes one look more.
template <bool nested>
std::size_t JsonBlocks::plain_characters(std::string_view text, std::size_t start) {
  const auto block_at = [text](std::size_t at) {
    return ByteBlock(reinterpret_cast<const std::uint8_t*>(text.data() + at),
                     std::experimental::element_aligned);
  };
  std::size_t at = start;
  while (text.size() - at >= ByteBlock::size()) {
    const ByteBlock bytes = block_at(at);
    auto escaped = block_at(at - 1) == u8'\\';
    auto stops = bytes == u8'"' || bytes < u8' ';
    if constexpr (nested) {
      const auto backslash = bytes == u8'\\';
      const auto two_before = escaped && block_at(at - 2) == u8'\\';
      stops = stops || (two_before && backslash);
      escaped = escaped && !(two_before || backslash);
    }
    stops = stops || (escaped && !(bytes == u8'n' || bytes == u8'r'));
    const std::size_t plain = bytes_before(stops);
    at += plain;
    if (plain < ByteBlock::size()) break;
  }
  // That may be in the middle of an escape: back to its start then.
  const std::string_view passed = text.substr(start, at - start);
  if (passed.ends_with('\\') && !(nested && passed.ends_with(R"(\\)"))) --at;
  return at;
}

template std::size_t JsonBlocks::plain_characters<false>(std::string_view, std::size_t);
template std::size_t JsonBlocks::plain_characters<true>(std::string_view, std::size_t);

static_assert(detail::room_to_unescape >= ByteBlock::size());

std::size_t detail::unescape(std::string_view text, char* to) {
  const char* const start = to;
  const auto escapes = [](const ByteBlock& bytes) { return bytes == u8'\\'; };
  while (!text.empty()) {
    const std::size_t plain = copy_block(text, to, escapes);
    text.remove_prefix(plain);
    to += plain;
    if (starts_with_nested_line_end(text)) {
      text.remove_prefix(nested_line_end.size());
      to = std::ranges::copy(line_end, to).out;
    } else if (text.starts_with('\\')) {
      to = write_unescaped(text, to);
    }
  }
  return static_cast<std::size_t>(to - start);
}

}  // namespace base
}  // namespace parley
