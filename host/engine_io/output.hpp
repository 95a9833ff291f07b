#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine_io/input.hpp"

namespace parley::engine_io {

/// A session's name inside the host; never used twice, and no secret. 0 is none.
using SessionId = std::uint64_t;

/// What applications say to each other.
struct Message {
  bool binary = false;
  std::string data{};  ///< UTF-8 unless it is binary

  bool operator==(const Message&) const = default;
};

/// Why a session ended.
enum class EndReason : std::uint8_t {
  client_closed,    ///< it said so, or closed its WebSocket
  server_closed,    ///< the application asked for it
  ping_timeout,     ///< no answer to a ping
  transport_error,  ///< a request was lost, or the client broke the order of requests
  malformed,        ///< what it sent is no packet
  too_large,        ///< over Limits::payload_bytes
  too_slow,         ///< over Limits::buffered_bytes, or furthest behind of too many
};

[[nodiscard]] std::string_view name_of(EndReason reason);

/// What to do now, in this order.
namespace output {

/// Answers a GET or a POST. Needs `Cache-Control: no-store`, and whatever CORS the server grants.
struct Answer {
  RequestId request = 0;
  int status = 200;
  std::string_view content_type{};  ///< a literal
  std::string body{};
};
struct SendFrame {
  SocketId socket = 0;
  bool binary = false;
  std::string payload{};
};
/// What was to be sent before goes out first.
struct CloseSocket {
  SocketId socket = 0;
  std::uint16_t code = 0;     ///< RFC 6455 section 7.4.1
  std::string_view reason{};  ///< a literal
};

// The rest is the application's. A session opens once, and ends once.
struct Opened {
  SessionId session = 0;
};
struct Received {
  SessionId session = 0;
  Message message{};
};
/// It has answered Sessions::ask().
struct Alive {
  SessionId session = 0;
};
struct Ended {
  SessionId session = 0;
  EndReason reason = EndReason::client_closed;
};

}  // namespace output

using Output = std::variant<output::Answer, output::SendFrame, output::CloseSocket, output::Opened,
                            output::Received, output::Alive, output::Ended>;
using Outputs = std::vector<Output>;

}  // namespace parley::engine_io
