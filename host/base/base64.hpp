#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley {
inline namespace base {

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// RFC 4648 section 5, without padding, as JSON Web Tokens have it (RFC 7515 section 2).
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// None where the text is not exactly what base64_encode() makes of some bytes.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// The same of base64url_encode().
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace base
}  // namespace parley
