#include "endpoint.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include "server/header_list.hpp"
#include "server/http.hpp"
#include "server/message_assembly.hpp"

namespace parley::echo {
namespace {

namespace input = engine_io::input;

Endpoint& self(void* data) {
  return *static_cast<Endpoint*>(data);
}

std::string_view query_of(const mg_connection* connection) {
  const char* query = mg_get_request_info(connection)->query_string;
  return query == nullptr ? std::string_view{} : std::string_view(query);
}

std::optional<std::uint64_t> announced_length(const mg_connection* connection) {
  const auto length = mg_get_request_info(connection)->content_length;
  return length < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(length));
}

/// The request's body, or its first bytes where it is longer; none where the client went away.
std::optional<std::string> read_body(mg_connection* connection, std::size_t most) {
  std::string body;
  std::array<char, 16'384> chunk{};
  while (body.size() < most) {
    const int got = mg_read(connection, chunk.data(), chunk.size());
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    body.append(chunk.data(), static_cast<std::size_t>(got));
  }
  const auto announced = announced_length(connection);
  if (announced && body.size() < std::min<std::uint64_t>(*announced, most)) return std::nullopt;
  return body;
}

bool wants_keep_alive(const mg_connection* connection) {
  const char* wish = mg_get_header(connection, "Connection");
  return wish == nullptr || server::same_name(wish, "keep-alive");
}

bool send(mg_connection* connection, const engine_io::output::Answer& answer) {
  auto response = server::text_response(answer.status, answer.content_type, answer.body);
  const std::string bytes = server::serialize(response, false, wants_keep_alive(connection));
  return mg_write(connection, bytes.data(), bytes.size()) == static_cast<int>(bytes.size());
}

}  // namespace

/// What a WebSocket's worker keeps of it.
struct Endpoint::Socket {
  engine_io::SocketId id = 0;
  engine_io::SessionId session = 0;
  server::MessageAssembly assembly{};
};

Endpoint::Endpoint(engine_io::Sessions& sessions, Application application)
    : sessions_(sessions),
      application_(std::move(application)),
      timer_([this](const std::stop_token& stop) { keep_time(stop); }) {}

void Endpoint::serve_at(mg_context* civetweb, const char* pattern) {
  mg_set_request_handler(
      civetweb, pattern, [](mg_connection* connection, void* data) { return self(data).request(connection); },
      this);
  mg_set_websocket_handler(
      civetweb, pattern,
      [](const mg_connection* connection, void* data) { return self(data).socket_requested(connection); },
      [](mg_connection* connection, void* data) { self(data).socket_opened(connection); },
      [](mg_connection* connection, int first_byte, char* payload, size_t size, void* data) {
        const auto byte = static_cast<unsigned>(first_byte);
        return self(data).frame(connection, static_cast<server::Opcode>(byte & 0x0FU), (byte & 0x80U) != 0,
                                {payload, size})
                   ? 1
                   : 0;
      },
      [](const mg_connection* connection, void* data) { self(data).socket_closed(connection); }, this);
}

void Endpoint::stop() {
  take_turn([this](Instant now, engine_io::Outputs& out) { sessions_.close_all(now, out); });
  timer_.request_stop();
}

template <class Turn>
void Endpoint::take_turn(Turn&& turn) {
  const std::lock_guard lock(mutex_);
  const Instant now = std::chrono::steady_clock::now();
  engine_io::Outputs out;
  turn(now, out);
  application_.settle(out, now);
  perform(out);
  earlier_.notify_all();
}

void Endpoint::keep_time(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto next = application_.next_timeout();
    const Instant wake = next.value_or(std::chrono::steady_clock::now() + std::chrono::hours(1));
    const auto moved = [&] { return application_.next_timeout() != next; };
    if (earlier_.wait_until(lock, stop, wake, moved)) continue;
    const Instant now = std::chrono::steady_clock::now();
    engine_io::Outputs out;
    application_.expire(now, out);
    application_.settle(out, now);
    perform(out);
  }
}

// --- requests
// -------------------------------------------------------------------------------------------------

int Endpoint::request(mg_connection* connection) {
  const engine_io::RequestId id = ++last_id_;
  const std::string_view method = mg_get_request_info(connection)->request_method;
  engine_io::SessionId session = 0;
  Waiting waiting;
  take_turn([&](Instant now, engine_io::Outputs& out) {
    waiting_.emplace(id, &waiting);
    session = sessions_.request({.id = id,
                                 .method = method,
                                 .query = query_of(connection),
                                 .content_length = announced_length(connection)},
                                now, out);
  });
  if (method == "POST") {
    // Read also where the answer is known: a client whose body is left unread may be reset before it reads
    // it.
    const auto body = read_body(connection, sessions_.config().limits.payload_bytes + 1);
    take_turn([&](Instant now, engine_io::Outputs& out) {
      if (waiting.answer) return;
      if (body)
        sessions_.handle(session, sessions_.read_post(id, *body), now, out);
      else
        sessions_.handle(session, input::RequestLost{.request = id}, now, out);
    });
    if (!body && !waiting.answer) {
      const std::lock_guard lock(mutex_);
      waiting_.erase(id);
      return 0;
    }
  }
  {
    std::unique_lock lock(mutex_);
    waiting.answered.wait(lock, [&] { return waiting.answer.has_value(); });
  }
  if (!send(connection, *waiting.answer))
    take_turn([&](Instant now, engine_io::Outputs& out) {
      sessions_.handle(session, input::RequestLost{.request = id}, now, out);
    });
  return waiting.answer->status;
}

void Endpoint::perform(engine_io::Outputs& outputs) {
  for (engine_io::Output& each : outputs) std::visit([this](auto& what) { perform(what); }, each);
}

void Endpoint::perform(engine_io::output::Answer& answer) {
  const auto found = waiting_.find(answer.request);
  if (found == waiting_.end()) return;
  found->second->answer = std::move(answer);
  found->second->answered.notify_one();
  waiting_.erase(found);
}

// --- sockets
// --------------------------------------------------------------------------------------------------

int Endpoint::socket_requested(const mg_connection* connection) {
  const std::lock_guard lock(mutex_);
  const auto refusal = sessions_.refusal_of_socket(query_of(connection));
  if (!refusal) return 0;
  // Civetweb hands out a const connection here, where it does allow an answer before the handshake.
  auto* writable = const_cast<mg_connection*>(connection);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  send(writable, engine_io::answer_of(0, *refusal));
  return 1;
}

void Endpoint::socket_opened(mg_connection* connection) {
  auto socket = std::make_unique<Socket>(Socket{.id = ++last_id_});
  take_turn([&](Instant now, engine_io::Outputs& out) {
    sockets_.emplace(socket->id, connection);
    socket->session = sessions_.socket_opened(socket->id, query_of(connection), now, out);
  });
  mg_set_user_connection_data(connection, socket.release());  // socket_closed() deletes it
}

bool Endpoint::frame(mg_connection* connection, server::Opcode opcode, bool last, std::string_view payload) {
  auto& socket = *static_cast<Socket*>(mg_get_user_connection_data(connection));
  if (opcode == server::Opcode::close) {
    std::string answer;
    server::append_close_frame(answer, server::answer_to_close(payload));
    const std::lock_guard lock(mutex_);
    write(socket.id, answer);
    return false;
  }
  if (opcode == server::Opcode::ping || opcode == server::Opcode::pong) return true;
  const auto message = socket.assembly.add(opcode, last, payload);
  if (!message) return true;
  take_turn([&](Instant now, engine_io::Outputs& out) {
    if (message->kind == server::Opcode::binary)
      sessions_.handle(socket.session, input::SocketBinary{.socket = socket.id, .bytes = message->payload},
                       now, out);
    else
      sessions_.handle(socket.session, sessions_.read_text(socket.id, message->payload), now, out);
  });
  return true;
}

void Endpoint::socket_closed(const mg_connection* connection) {
  const std::unique_ptr<Socket> socket(static_cast<Socket*>(mg_get_user_connection_data(connection)));
  if (!socket) return;
  take_turn([&](Instant now, engine_io::Outputs& out) {
    sockets_.erase(socket->id);
    sessions_.handle(socket->session, input::SocketClosed{.socket = socket->id}, now, out);
  });
}

void Endpoint::perform(const engine_io::output::SendFrame& frame) {
  std::string bytes;
  server::append_frame(bytes, frame.binary ? server::Opcode::binary : server::Opcode::text, frame.payload);
  write(frame.socket, bytes);
}

void Endpoint::perform(const engine_io::output::CloseSocket& close) {
  std::string bytes;
  server::append_close_frame(bytes, {.code = close.code, .text = close.reason});
  write(close.socket, bytes);
  sockets_.erase(close.socket);  // nothing goes out after that; the worker waits for the client's answer
}

void Endpoint::write(engine_io::SocketId socket, const std::string& frames) {
  if (const auto found = sockets_.find(socket); found != sockets_.end())
    mg_write(found->second, frames.data(), frames.size());
}

}  // namespace parley::echo
