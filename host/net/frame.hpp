#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::net {

/// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The close codes that the server itself sends (RFC 6455 section 7.4.1); the hub has its own.
namespace close_code {
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t not_text = 1003;
inline constexpr std::uint16_t no_status = 1005;
inline constexpr std::uint16_t abnormal = 1006;  // never sent: there was no close frame
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t try_again_later = 1013;
}  // namespace close_code

/// Why a connection ends: what the close frame says.
struct CloseReason {
  std::uint16_t code = 0;
  std::string_view text;  ///< a literal of at most 123 bytes
  /// The option whose limit it is, and what it counts as; empty where it is none's.
  std::string_view limit{};

  bool operator==(const CloseReason&) const = default;
};

inline constexpr std::size_t max_control_payload = 125;  // RFC 6455 section 5.5
inline constexpr std::size_t mask_bytes = 4;
inline constexpr std::uint8_t fin_bit = 0x80;  // RFC 6455 section 5.2: a message's last frame

/// Appends one whole, unmasked frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
/// Appends the header alone, of a text frame whose payload is so long.
void append_text_header(std::string& out, std::size_t length);
void append_close_frame(std::string& out, CloseReason reason);

/// Appends a text frame whose payload `write` appends: no copy, whatever the payload's length turns out to
/// be. Where it appends nothing, there is no frame.
template <class Write>
void append_text_frame(std::string& out, Write&& write);

/// What a client's close frame asks to be answered: its own code, or the error that it is.
[[nodiscard]] CloseReason answer_to_close(std::string_view payload);

namespace detail {
/// The bytes of a frame header with a 16-bit length, which fits most messages.
inline constexpr std::size_t usual_header = 4;
void settle_header(std::string& out, std::size_t start);
}  // namespace detail

template <class Write>
void append_text_frame(std::string& out, Write&& write) {
  const std::size_t start = out.size();
  out.append(detail::usual_header, '\0');
  write(out);
  if (out.size() == start + detail::usual_header) return out.resize(start);
  detail::settle_header(out, start);
}

}  // namespace parley::net
