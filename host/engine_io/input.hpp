#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine_io/packet.hpp"

namespace parley::engine_io {

/// The server's names for one HTTP request and one WebSocket; never used twice.
using RequestId = std::uint64_t;
using SocketId = std::uint64_t;

/// What happened outside.
namespace input {

/// A GET: to be held until it is answered.
struct Poll {
  RequestId request = 0;
};
/// A POST's headers are there. It may be answered at once, and its body need not be read then.
struct PostBegins {
  RequestId request = 0;
  std::optional<std::uint64_t> length{};  ///< where it is announced
};
/// All of its body is there: what Sessions::read_post() made of it.
struct Post {
  RequestId request = 0;
  std::size_t bytes = 0;
  std::optional<std::vector<Packet>> packets{};
};
/// The client went away before its request was read or its answer written.
struct RequestLost {
  RequestId request = 0;
};
struct SocketOpened {
  SocketId socket = 0;
};
/// What Sessions::read_text() made of it.
struct SocketText {
  SocketId socket = 0;
  std::size_t bytes = 0;
  std::optional<Packet> packet{};
};
struct SocketBinary {
  SocketId socket = 0;
  std::string_view bytes{};
};
struct SocketClosed {
  SocketId socket = 0;
};
/// next_timeout() has come.
struct Timeout {};

}  // namespace input

using Input =
    std::variant<input::Poll, input::PostBegins, input::Post, input::RequestLost, input::SocketOpened,
                 input::SocketText, input::SocketBinary, input::SocketClosed, input::Timeout>;

}  // namespace parley::engine_io
