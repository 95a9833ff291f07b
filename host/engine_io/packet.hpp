#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::engine_io {

/// Engine.IO protocol v4, "Protocol": each one's digit on the wire is its value here.
enum class PacketType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

struct Packet {
  PacketType type = PacketType::message;
  bool binary = false;  ///< messages only
  std::string data{};   ///< UTF-8, or any bytes where it is binary

  bool operator==(const Packet&) const = default;
};

/// What goes into a WebSocket's text frame. A binary message is a binary frame with its data, as it is.
[[nodiscard]] std::string encode_text(const Packet& packet);
/// None where the type is unknown, or the text not UTF-8.
[[nodiscard]] std::optional<Packet> decode_text(std::string_view text);

/// The body of a polling request or answer: one packet or several, with 0x1e between; binary ones in base64.
[[nodiscard]] std::string encode_payload(std::span<const Packet> packets);
/// None where one of them is malformed, or there are more than `most`. An empty body is malformed.
[[nodiscard]] std::optional<std::vector<Packet>> decode_payload(std::string_view payload, std::size_t most);

}  // namespace parley::engine_io
