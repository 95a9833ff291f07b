#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::engine_io {

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// None where the text is not exactly what base64_encode() makes of some bytes.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace parley::engine_io
