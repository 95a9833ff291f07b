#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::socket_io {

/// Socket.IO protocol v5, "Exchange protocol": each one's digit on the wire is its value here.
enum class PacketType : std::uint8_t {
  connect,
  disconnect,
  event,
  ack,
  connect_error,
  binary_event,
  binary_ack
};

/// The text of a packet, taken apart. All of it views what was decoded, or is to be encoded.
struct Packet {
  PacketType type = PacketType::event;
  std::size_t attachments = 0;  ///< how many binary messages follow
  std::string_view nsp = "/";   ///< the namespace
  std::optional<std::uint64_t> id{};
  std::string_view payload{};  ///< JSON, as it was written; empty where there is none
};

[[nodiscard]] std::string encode(const Packet& packet);

/// Of UTF-8. None where a client may not send this: it is malformed, its payload is not JSON or not of the
/// kind that its type asks for, or it is a CONNECT_ERROR.
[[nodiscard]] std::optional<Packet> decode(std::string_view text);

/// A client's packet, read to the end.
struct ReceivedPacket {
  PacketType type = PacketType::event;
  std::size_t attachments = 0;
  std::string nsp = "/";
  std::optional<std::uint64_t> id{};
  std::string name{};     ///< of an event
  std::string payload{};  ///< an event's arguments, a JSON array; or as in Packet
};

/// Of UTF-8. None where decode() or read_call() has none, or a placeholder stands for no attachment.
[[nodiscard]] std::optional<ReceivedPacket> read(std::string text);

/// An event's payload.
struct Call {
  std::string name{};
  std::string args = "[]";  ///< a JSON array
};

[[nodiscard]] std::string encode(const Call& call);

/// Of an event's payload. None where that is no JSON array, has no name, or one that Socket.IO has reserved
/// for itself.
[[nodiscard]] std::optional<Call> read_call(std::string payload);

}  // namespace parley::socket_io
