#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client's side of RFC 6455, as far as a load generator on loopback needs it: a server that does
/// anything else than answer in whole, unmasked frames is an error, not a case.
namespace parley::bench {

enum class Opcode : std::uint8_t { text = 0x1, close = 0x8, ping = 0x9, pong = 0xA };

struct FrameHead {
  Opcode opcode = Opcode::text;
  std::size_t size = 0;     ///< of the header itself
  std::size_t payload = 0;  ///< of what follows it
};

struct Frame {
  Opcode opcode = Opcode::text;
  std::string_view payload;
  std::size_t size = 0;  ///< of the whole frame, header included
};

/// The opening handshake (section 4.1). The key is fixed: it protects caches from confusion, and there are
/// none.
[[nodiscard]] std::string upgrade_request(std::string_view path, std::string_view subprotocol);

/// The length of the server's answer to that, once all of it is in `bytes`; 0 before. Throws
/// std::runtime_error with the answer's first line when it is not 101.
[[nodiscard]] std::size_t upgrade_response(std::string_view bytes);

/// Appends one final frame, masked as a client must (section 5.3).
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);

/// The header of the frame that begins here, once it is there whole. Throws std::runtime_error for a
/// fragment.
[[nodiscard]] std::optional<FrameHead> frame_head(std::string_view bytes);

/// The first frame in `bytes`, once it is there whole. Throws std::runtime_error for a fragment.
[[nodiscard]] std::optional<Frame> first_frame(std::string_view bytes);

}  // namespace parley::bench
