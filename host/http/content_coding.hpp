#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace parley::http {

/// How a representation is compressed; the best first.
enum class Coding : std::uint8_t { brotli, gzip, identity };

inline constexpr std::array codings{Coding::brotli, Coding::gzip, Coding::identity};

/// As Accept-Encoding and Content-Encoding spell it.
[[nodiscard]] constexpr std::string_view name_of(Coding coding) {
  switch (coding) {
    case Coding::brotli:
      return "br";
    case Coding::gzip:
      return "gzip";
    case Coding::identity:
      return "identity";
  }
  return "";
}

/// How much a client wants a coding, in thousandths; 0 is not at all (RFC 9110 section 12.5.3).
[[nodiscard]] int preference(std::string_view accept_encoding, Coding coding);

}  // namespace parley::http
