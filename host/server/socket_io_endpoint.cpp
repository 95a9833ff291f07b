#include "server/socket_io_endpoint.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_object.hpp"
#include "base/memory_reserve.hpp"
#include "base/overloaded.hpp"
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "dialects/fields.hpp"
#include "dialects/socketio.hpp"
#include "engine_io/query.hpp"
#include "net/client_source.hpp"
#include "server/socket_io_client.hpp"

namespace parley::server {
namespace {

using Clock = std::chrono::steady_clock;
namespace input = engine_io::input;

constexpr std::string_view main_namespace = "/";

constexpr std::array<std::string_view, 1> auth_fields{"token"};

/// Over a WebSocket: an Engine.IO message with a Socket.IO event of the main namespace.
void encode_frame(const hub::Delivery& delivery, std::string& out) {
  constexpr std::string_view head = "42";
  const std::size_t start = out.size();
  out += head;
  dialects::socketio::encode(delivery, out);
  if (out.size() == start + head.size()) out.resize(start);
}

constexpr dialects::Codec frames{
    .dialect = hub::Dialect::socketio, .encode = encode_frame, .needs_pings = false};

// What it refuses, Addresses::take() has counted.
constexpr net::CloseReason too_many_sessions{
    .code = net::close_code::try_again_later,
    .text = "this network address has as many sessions here as it may have"};

socket_io::Config config_for(const hub::Limits& limits, std::size_t max_sessions) {
  socket_io::Config config;
  config.transport.limits.sessions = max_sessions;
  config.transport.limits.payload_bytes = limits.message_bytes;
  // Polling sessions are forgotten by whoever made them; they get a part of what all may have.
  config.transport.limits.buffered_bytes_together = limits.buffered_bytes / 4;
  config.transport.ping_interval = limits.heartbeat;
  config.transport.ping_timeout = limits.heartbeat;
  config.transport.make_sid = random_secret;
  return config;
}

}  // namespace

/// The token of `io(url, {auth: {token}})`, or else the one that came with its request.
std::string SocketIoEndpoint::token_in(const std::string& auth, const Caller& caller) {
  JsonObject object(auth_fields);
  if (!object.read(auth)) return caller.token;
  dialects::Fields in(object, auth_fields);
  auto token = in.optional_text(0).value_or("");
  return token.empty() ? caller.token : token;
}

/// A WebSocket that carries a session's packets.
class SocketIoEndpoint::WebSocket : public ClientSocket {
 public:
  WebSocket(SocketIoEndpoint& endpoint, std::string query, std::shared_ptr<net::Outbox> outbox, Caller caller,
            Sockets::Ticket ticket)
      : ClientSocket(std::move(outbox), endpoint.exchange_.addresses(), caller.address, std::move(ticket)),
        endpoint_(endpoint),
        caller_(std::move(caller)),
        query_(std::move(query)) {}

  void message(net::Opcode kind, std::string_view payload) override {
    if (kind == net::Opcode::text && !is_utf8(payload)) {
      close({.code = net::close_code::not_utf8, .text = "text must be UTF-8"});
    } else if (kind == net::Opcode::binary) {
      handle(input::SocketBinary{.socket = socket_, .bytes = payload});
    } else {
      handle(endpoint_.io_.transport().read_text(socket_, payload));
    }
  }

 protected:
  void enter() override {
    std::shared_ptr<const void> place;
    if (engine_io::asks_for_session(query_)) {
      place = endpoint_.place_for(address());
      if (!place) return close(too_many_sessions);
    }
    socket_ = ++endpoint_.last_id_;
    endpoint_.take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
      endpoint_.sockets_.emplace(socket_, outbox());
      session_ = endpoint_.io_.transport().socket_opened(socket_, query_, now, out, std::move(place));
    });
  }

  void leave(std::uint16_t) override {
    if (socket_ == 0) return;
    handle(input::SocketClosed{.socket = socket_});
    const std::lock_guard lock(endpoint_.mutex_);
    endpoint_.sockets_.erase(socket_);
  }

  [[nodiscard]] std::uint64_t id() const override { return socket_; }

 private:
  void handle(engine_io::Input what) {
    endpoint_.take_turn(
        [&](Clock::time_point now, engine_io::Outputs& out) {
          endpoint_.io_.transport().handle(session_, std::move(what), now, out);
        },
        caller_);
  }

  SocketIoEndpoint& endpoint_;
  const Caller caller_;
  const std::string query_;
  engine_io::SocketId socket_ = 0;
  engine_io::SessionId session_ = 0;
};

SocketIoEndpoint::SocketIoEndpoint(exchange::Exchange& exchange, net::OutboxLimits outbox_limits,
                                   const hub::Limits& limits, std::size_t max_sessions)
    : exchange_(exchange),
      outbox_limits_(outbox_limits),
      polls_(exchange.unsent_bytes()),
      io_(config_for(limits, max_sessions)),
      timer_([this](const std::stop_token& stop) { keep_time(stop); }) {}

SocketIoEndpoint::~SocketIoEndpoint() = default;

template <class Act>
void SocketIoEndpoint::take_turn(Act&& act, const Caller& caller) {
  auto aftermath = aftermaths_.take();
  engine_io::Outputs& out = aftermath->out;
  socket_io::Arrivals& arrivals = aftermath->arrivals;
  std::vector<Told>& told = aftermath->told;
  under_lock(*aftermath, [&](Clock::time_point now) {
    act(now, out);
    socket_io::Server::take(out, arrivals);
  });
  if (!arrivals.empty()) {
    socket_io::read(arrivals);
    under_lock(*aftermath, [&](Clock::time_point now) {
      for (auto& each : io_.advance(arrivals, out, now)) {
        // Whoever waits for an acknowledgement hears that the event has come.
        const auto* event = std::get_if<socket_io::output::Event>(&each);
        if (event != nullptr && event->ack)
          io_.acknowledge(event->session, event->nsp, *event->ack, "[]", {}, now, out);
        told.push_back(addressed(std::move(each), caller));
      }
    });
  }
  for (const auto& outbox : aftermath->filled) outbox->drain();
  for (const Told& each : told) tell(each);
  for (const auto& client : aftermath->alive) client->answered();
  for (Answered& each : aftermath->answers) write(std::move(each));
  aftermath->answers.clear();
  aftermath->alive.clear();
  aftermath->filled.clear();
  told.clear();
  aftermaths_.give_back(std::move(aftermath));
}

template <class Act>
void SocketIoEndpoint::under_lock(Aftermath& aftermath, Act&& act) {
  const std::lock_guard lock(mutex_);
  const auto awaited = io_.next_timeout();
  act(Clock::now());
  perform(aftermath);
  polls_.set(io_.transport().buffered_bytes());
  // Most turns move no timeout forward, and waking the timer costs more than relaying a message.
  const auto next = io_.next_timeout();
  if (next && (!awaited || *next < *awaited)) earlier_.notify_one();
}

void SocketIoEndpoint::perform(Aftermath& aftermath) {
  const auto to_socket = [&](engine_io::SocketId id, auto&& put) {
    const auto found = sockets_.find(id);
    if (found == sockets_.end()) return;
    put(*found->second);
    aftermath.filled.push_back(found->second);
  };
  for (engine_io::Output& each : aftermath.out) {
    std::visit(
        overloaded{
            [&](engine_io::output::Answer& answer) {
              const auto found = waiting_.find(answer.request);
              if (found == waiting_.end()) return;
              aftermath.answers.push_back({.answer = std::move(answer), .request = std::move(found->second)});
              waiting_.erase(found);
            },
            [&](const engine_io::output::SendFrame& frame) {
              to_socket(frame.socket, [&](net::Outbox& outbox) {
                outbox.put(frame.binary ? net::Opcode::binary : net::Opcode::text, frame.payload);
              });
            },
            [&](const engine_io::output::CloseSocket& close) {
              to_socket(close.socket, [&](net::Outbox& outbox) {
                outbox.put_close({.code = close.code, .text = close.reason});
              });
            },
            [&](const engine_io::output::Alive& alive) {
              const auto found = clients_.find(alive.session);
              if (found != clients_.end()) aftermath.alive.push_back(found->second);
            },
            [](const auto&) {},
        },
        each);
  }
  aftermath.out.clear();
}

SocketIoEndpoint::Told SocketIoEndpoint::addressed(socket_io::Output what, const Caller& caller) {
  const auto session = std::visit([](const auto& each) { return each.session; }, what);
  std::shared_ptr<SocketIoClient> client;
  if (const auto* connected = std::get_if<socket_io::output::Connected>(&what)) {
    client = std::make_shared<SocketIoClient>(*this, exchange_, session, connected->sid, caller.address,
                                              token_in(connected->auth, caller), outbox_limits_.messages);
    clients_.insert_or_assign(session, client);
  } else if (const auto found = clients_.find(session); found != clients_.end()) {
    client = found->second;
    if (std::holds_alternative<socket_io::output::Disconnected>(what)) clients_.erase(found);
  }
  return {.what = std::move(what), .client = std::move(client)};
}

void SocketIoEndpoint::tell(const Told& told) {
  const auto& client = told.client;
  if (!client) return;
  std::visit(overloaded{
                 [&](const socket_io::output::Connected&) { client->enter(); },
                 [&](const socket_io::output::Event& event) { client->say(event); },
                 [](const socket_io::output::Acknowledged&) {},
                 [&](const socket_io::output::Disconnected&) { client->leave(); },
             },
             told.what);
}

std::shared_ptr<net::Outbox> SocketIoEndpoint::emit(engine_io::SessionId session,
                                                    std::vector<std::string> packets) {
  std::shared_ptr<net::Outbox> outbox;
  take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
    for (std::string& packet : packets)
      io_.emit_written(session, main_namespace, std::move(packet), now, out);
    const auto socket = io_.transport().socket_of(session);
    const auto found = socket ? sockets_.find(*socket) : sockets_.end();
    if (found != sockets_.end()) outbox = found->second;
  });
  return outbox;
}

void SocketIoEndpoint::give_up(engine_io::SessionId session) {
  take_turn(
      [&](Clock::time_point now, engine_io::Outputs& out) { io_.transport().give_up(session, now, out); });
}

void SocketIoEndpoint::close(engine_io::SessionId session) {
  take_turn(
      [&](Clock::time_point now, engine_io::Outputs& out) { io_.transport().close(session, now, out); });
}

void SocketIoEndpoint::ask(engine_io::SessionId session) {
  take_turn([&](Clock::time_point now, engine_io::Outputs& out) { io_.transport().ask(session, now, out); });
}

void SocketIoEndpoint::request(const engine_io::Request& request, std::string_view body, const Caller& caller,
                               Write write) {
  engine_io::Request numbered = request;
  numbered.id = ++last_id_;
  if (engine_io::asks_for_session(request.query)) {
    numbered.kept = place_for(caller.address);
    if (!numbered.kept) {
      auto refusal = engine_io::answer_of(numbered.id, engine_io::Refusal::no_room);
      refusal.status = 429;
      static_cast<void>(write(refusal));
      return;
    }
  }
  std::optional<input::Post> post;
  if (request.method == "POST") post = io_.transport().read_post(numbered.id, body);
  take_turn(
      [&](Clock::time_point now, engine_io::Outputs& out) {
        Waiting& waiting = waiting_[numbered.id];
        waiting.write = std::move(write);
        waiting.session = io_.transport().request(numbered, now, out);
        const bool answered = std::ranges::any_of(
            out, [](const auto& each) { return std::holds_alternative<engine_io::output::Answer>(each); });
        if (post && !answered) io_.transport().handle(waiting.session, *std::move(post), now, out);
        if (stopping_) io_.transport().close_all(now, out);
      },
      caller);
}

std::shared_ptr<const void> SocketIoEndpoint::place_for(const std::string& address) {
  auto place =
      exchange_.addresses().take(net::source_of(address), net::Held::engine_io_session, Clock::now());
  return place ? std::make_shared<const net::Addresses::Place>(*std::move(place)) : nullptr;
}

void SocketIoEndpoint::write(Answered answered) {
  if (answered.request.write(answered.answer)) return;
  take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
    io_.transport().handle(answered.request.session, input::RequestLost{.request = answered.answer.request},
                           now, out);
  });
}

std::optional<engine_io::output::Answer> SocketIoEndpoint::refusal_of_socket(std::string_view query) {
  const std::lock_guard lock(mutex_);
  const auto refusal = io_.transport().refusal_of_socket(query);
  return refusal ? std::optional(engine_io::answer_of(0, *refusal)) : std::nullopt;
}

std::unique_ptr<net::SocketHandler> SocketIoEndpoint::socket(std::string query, Caller caller,
                                                             Sockets::Ticket ticket) {
  return std::make_unique<WebSocket>(
      *this, std::move(query),
      std::make_shared<net::Outbox>(frames, outbox_limits_, exchange_.unsent_bytes()), std::move(caller),
      std::move(ticket));
}

void SocketIoEndpoint::stop() {
  take_turn([this](Clock::time_point now, engine_io::Outputs& out) {
    stopping_ = true;
    io_.transport().close_all(now, out);
  });
}

void SocketIoEndpoint::keep_time(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto next = io_.next_timeout();
      const auto moved = [&] { return io_.next_timeout() != next; };
      if (!next) {
        earlier_.wait(lock, stop, moved);
        continue;
      }
      if (earlier_.wait_until(lock, stop, *next, moved)) continue;
    }
    if (stop.stop_requested()) return;
    const bool done = memory_reserve::survives([this] {
      take_turn([this](Clock::time_point now, engine_io::Outputs& out) { io_.expire(now, out); });
    });
    if (!done) std::this_thread::sleep_for(memory_reserve::pause);
  }
}

}  // namespace parley::server
