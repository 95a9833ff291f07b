#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

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
/// All of its body is there.
struct Post {
  RequestId request = 0;
  std::string_view body{};
};
/// The client went away before its request was read or its answer written.
struct RequestLost {
  RequestId request = 0;
};
struct SocketOpened {
  SocketId socket = 0;
};
struct SocketText {
  SocketId socket = 0;
  std::string_view text{};
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
