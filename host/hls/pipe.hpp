#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What the host and its HLS gateway say to each other. Each packet of their AF_UNIX SOCK_SEQPACKET pair is
/// one message: its name and words with one blank between them, where the last word is the rest of the
/// packet, whatever bytes it has.
namespace parley::hls::pipe {

/// The gateway's end of the pair. The end of file on it ends the gateway.
constexpr int gateway_descriptor = 0;

/// An offer of many tracks is some 20 KiB, and the host takes no message above 64 KiB; the rest is room to
/// grow.
constexpr std::size_t max_packet_bytes = std::size_t{256} * 1024;

/// A publisher's stay in a room. The host gives each number once in a gateway's life.
using Stream = std::uint64_t;

/// How a publisher went away: said so, or its socket was lost and it may come back.
enum class Departure : std::uint8_t { left, lost };

enum class NoticeCode : std::uint8_t {
  transcoded,
  too_many_transcoded,
  disk_full,
  media_failed,
  unsupported_media,
  wrong_certificate,
  memory_full,
  not_connected,
  no_media,
  left_out,
};

/// As packets and the publisher's `notice` spell it: "disk-full".
[[nodiscard]] std::string_view name_of(NoticeCode code);

// --- from the host

/// Somebody published under this SIM number before the gateway was there, and left files: it goes on with
/// them as if that publisher had just been lost. No other gateway has this number until this one says
/// Released.
struct TakeUp {
  std::string sim{};
};

/// To be answered with a Pong: whether its main loop still turns.
struct Ping {};

/// A publisher is in the room `sim`: the gateway takes its seat there with a Session, whose first act is a
/// Connect.
struct Open {
  Stream stream{};
  std::string address{};  ///< the publisher's, numeric; empty where the host does not know it
  std::string sim{};
};

/// What the Session takes for its socket is open.
struct Connected {
  Stream stream{};
};

/// That socket is closed, with a WebSocket close code (RFC 6455, section 7.4).
struct Closed {
  Stream stream{};
  std::uint16_t code{};
};

/// The publisher is gone. If lost, its playlist waits for it for a while before it ends.
struct Close {
  Stream stream{};
  Departure departure{};
};

/// Whether anything of the publisher still comes: Flowing, as soon as something does.
struct Probe {
  Stream stream{};
};

// --- in both directions

/// A parley.v1 message of the Session or for it.
struct Text {
  Stream stream{};
  std::string json{};
};

// --- from the gateway

/// Said once, when the gateway takes streams.
struct Ready {};

struct Pong {};

/// It has read a Text of this stream, the next that it had not, and now begins to do what that says: should
/// it crash, this may be why.
struct Heard {
  Stream stream{};
};

/// Nothing of this SIM number is left here, and no file: another gateway may have it.
struct Released {
  std::string sim{};
};

struct Connect {
  Stream stream{};
};

struct Disconnect {
  Stream stream{};
};

/// Said once, when media has come.
struct Flows {
  Stream stream{};
};

/// Something of the publisher has come since the Probe.
struct Flowing {
  Stream stream{};
};

/// For the publisher to read.
struct Notice {
  Stream stream{};
  NoticeCode code{};
  std::string sentence{};
};

/// Nothing will come of this stream any more, and nothing about it is read any more.
struct Ended {
  Stream stream{};
};

using ToGateway = std::variant<TakeUp, Ping, Open, Connected, Text, Closed, Close, Probe>;
using ToHost =
    std::variant<Ready, Pong, Heard, Connect, Text, Disconnect, Flows, Notice, Ended, Released, Flowing>;

[[nodiscard]] std::string encode(const ToGateway& message);
[[nodiscard]] std::string encode(const ToHost& message);

/// Nothing where the packet is no message that this side reads.
[[nodiscard]] std::optional<ToGateway> decode_to_gateway(std::string_view packet);
[[nodiscard]] std::optional<ToHost> decode_to_host(std::string_view packet);

}  // namespace parley::hls::pipe
