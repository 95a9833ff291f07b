#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/overloaded.hpp"
#include "engine_io/sessions.hpp"

namespace parley::engine_io {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

inline constexpr const char* unknown_sid = R"({"code":1,"message":"Session ID unknown"})";

inline constexpr const char* bad_request = R"({"code":3,"message":"Bad request"})";

/// An output in one line, as the tests compare it: "answer 1 200 4hello". The separator of packets is a '|'.
inline std::string line(const Output& out) {
  const auto text = [](std::string bytes) {
    for (char& c : bytes)
      if (c == '\x1e') c = '|';
    return bytes;
  };
  return std::visit(overloaded{
                        [&](const output::Answer& it) {
                          return "answer " + std::to_string(it.request) + ' ' + std::to_string(it.status) +
                                 ' ' + text(it.body);
                        },
                        [](const output::SendFrame& it) {
                          return (it.binary ? "binary " : "frame ") + std::to_string(it.socket) + ' ' +
                                 it.payload;
                        },
                        [](const output::CloseSocket& it) {
                          return "close " + std::to_string(it.socket) + ' ' + std::to_string(it.code);
                        },
                        [](const output::Opened&) { return std::string("opened"); },
                        [](const output::Received& it) {
                          return (it.message.binary ? "received binary " : "received ") + it.message.data;
                        },
                        [](const output::Alive&) { return std::string("alive"); },
                        [](const output::Ended& it) { return "ended: " + std::string(name_of(it.reason)); },
                    },
                    out);
}

inline Lines lines(const Outputs& outputs) {
  Lines all;
  for (const Output& out : outputs) all.push_back(line(out));
  return all;
}

inline Config test_config() {
  Config config;
  config.ping_interval = 300ms;
  config.ping_timeout = 200ms;
  config.make_sid = [count = 0]() mutable { return "sid" + std::to_string(++count); };
  return config;
}

/// Sessions on virtual time. Every step says what came of it.
class World {
 public:
  explicit World(Config config = test_config()) : sessions(std::move(config)) {}

  Lines get(RequestId id, std::string_view query) { return ask(id, "GET", query); }
  Lines ask(RequestId id, std::string_view method, std::string_view query,
            std::optional<std::uint64_t> length = std::nullopt) {
    Outputs out;
    last = sessions.request({.id = id, .method = method, .query = query, .content_length = length}, now, out);
    return lines(out);
  }
  Lines socket(SocketId id, std::string_view query) {
    Outputs out;
    last = sessions.socket_opened(id, query, now, out);
    return lines(out);
  }
  Lines happens(const Input& input) {
    Outputs out;
    sessions.handle(session, input, now, out);
    return lines(out);
  }

  /// Opens the first session, sid1, by polling.
  void open_polling() {
    get(100, "EIO=4&transport=polling");
    session = last;
  }
  /// Opens the first session by a WebSocket, number 7.
  void open_socket() {
    socket(7, "EIO=4&transport=websocket");
    session = last;
  }
  /// On to WebSocket 7, from polling.
  void upgrade() {
    socket(7, "EIO=4&transport=websocket&sid=sid1");
    text("2probe");
    text("5");
  }

  Lines poll(RequestId id) { return get(id, "EIO=4&transport=polling&sid=sid1"); }
  Lines post(RequestId id, std::string_view body) {
    Lines all = ask(id, "POST", "EIO=4&transport=polling&sid=sid1");
    if (!all.empty()) return all;
    return happens(sessions.read_post(id, body));
  }
  Lines text(std::string_view text, SocketId socket = 7) { return happens(sessions.read_text(socket, text)); }
  Lines binary(std::string_view bytes, SocketId socket = 7) {
    return happens(input::SocketBinary{.socket = socket, .bytes = bytes});
  }
  Lines send(std::string data, bool binary = false) {
    Outputs out;
    sessions.send(session, {.binary = binary, .data = std::move(data)}, now, out);
    return lines(out);
  }
  Lines ask_whether_there() {
    Outputs out;
    sessions.ask(session, now, out);
    return lines(out);
  }
  Lines close() {
    Outputs out;
    sessions.close(session, now, out);
    return lines(out);
  }
  /// Time goes on; what is due is done when it is.
  Lines wait(std::chrono::milliseconds time) {
    Outputs out;
    const Instant end = now + time;
    for (auto next = sessions.next_timeout(); next && *next <= end; next = sessions.next_timeout()) {
      now = std::max(now, *next);
      sessions.expire(now, out);
    }
    now = end;
    return lines(out);
  }

  Instant now{1h};
  Sessions sessions;
  SessionId session = 0;  // the one that most steps are about
  SessionId last = 0;     // what the last request or socket belongs to
};

}  // namespace parley::engine_io
