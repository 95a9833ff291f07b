#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace parley::http {

/// A part of a representation; of length 0 where it lies behind its end.
struct ByteRange {
  std::size_t first = 0;
  std::size_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

/// The one range that a Range header asks for, of `size` bytes (RFC 9110 section 14.1.2). Nothing where there
/// is none, it is malformed or asks for several: then the whole is the answer.
[[nodiscard]] std::optional<ByteRange> parse_range(std::string_view header, std::size_t size);

}  // namespace parley::http
