#include "server/socket_io_gateway.hpp"

#include <algorithm>
#include <utility>

#include "dialects/socketio.hpp"
#include "hub/overloaded.hpp"
#include "server/message_assembly.hpp"
#include "server/secret.hpp"
#include "server/worker_socket.hpp"
#include "server/writer.hpp"

namespace parley::server {
namespace {

using Clock = std::chrono::steady_clock;
namespace input = engine_io::input;

constexpr std::string_view main_namespace = "/";

// Its frames are the library's: no event is ever encoded for such an outbox.
constexpr DialectEntry no_dialect{.dialect = hub::Dialect::socketio, .needs_pings = false};

socket_io::Config config_for(const hub::Limits& limits, std::size_t max_sessions) {
  socket_io::Config config;
  config.transport.limits.sessions = max_sessions;
  config.transport.limits.payload_bytes = limits.message_bytes;
  config.transport.ping_interval = limits.heartbeat;
  config.transport.ping_timeout = limits.heartbeat;
  config.transport.make_sid = random_secret;
  return config;
}

}  // namespace

/// One client, towards the hub.
class SocketIoGateway::Client : public Recipient {
 public:
  Client(SocketIoGateway& gateway, engine_io::SessionId session, std::string sid)
      : gateway_(gateway), session_(session), place_{.room = {}, .peer = std::move(sid)} {}

  [[nodiscard]] const dialects::Place& place() const { return place_; }
  hub::ConnectionId id = 0;  // set before anybody else knows of it

  void put(hub::Delivery delivery) override {
    const std::lock_guard lock(mutex_);
    if (pending_.size() >= gateway_.outbox_limits_.messages) closing_ = true;
    if (!closing_) pending_.push_back(std::move(delivery));
  }

  void put_close(CloseReason) override {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }

  /// In the hub's order, whichever threads drain: what one has taken is emitted before another takes more.
  void drain() override {
    std::unique_lock lock(mutex_);
    if (draining_) return;
    draining_ = true;
    while (!pending_.empty()) {
      auto batch = std::exchange(pending_, {});
      lock.unlock();
      emit(batch);
      lock.lock();
    }
    draining_ = false;
    const bool close = std::exchange(closing_, false) && !std::exchange(closed_, true);
    lock.unlock();
    if (close) {
      gateway_.take_turn([this](Clock::time_point now, engine_io::Outputs& out) {
        gateway_.io_.transport().close(session_, now, out);
      });
    }
  }

  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}

 private:
  void emit(const std::vector<hub::Delivery>& batch) {
    std::vector<dialects::socketio::Event> events;
    for (const hub::Delivery& delivery : batch) {
      if (auto event = dialects::socketio::encode(delivery)) events.push_back(*std::move(event));
    }
    gateway_.take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
      for (const auto& event : events) {
        gateway_.io_.emit(session_, main_namespace, {.name = event.name, .args = event.args}, now, out);
      }
    });
  }

  SocketIoGateway& gateway_;
  const engine_io::SessionId session_;
  const dialects::Place place_;
  std::mutex mutex_;
  std::vector<hub::Delivery> pending_;
  bool draining_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

/// A WebSocket that carries a session's packets.
class SocketIoGateway::WebSocket : public SocketHandler {
 public:
  WebSocket(SocketIoGateway& gateway, std::string query, std::shared_ptr<Outbox> outbox)
      : gateway_(gateway),
        query_(std::move(query)),
        guard_(gateway.max_message_bytes_),
        outbox_(std::move(outbox)) {}

  void open() override {
    gateway_.take_turn([this](Clock::time_point now, engine_io::Outputs& out) {
      socket_ = ++gateway_.last_id_;
      gateway_.sockets_.emplace(socket_, outbox_);
      session_ = gateway_.io_.transport().socket_opened(socket_, query_, now, out);
    });
  }

  [[nodiscard]] bool frame(Opcode opcode, bool last, std::string_view payload) override {
    if (opcode == Opcode::close) {
      close(answer_to_close(payload));
      return false;
    }
    if (opcode == Opcode::ping) {
      outbox_->put(Opcode::pong, payload);
      outbox_->drain();
    }
    if (opcode == Opcode::ping || opcode == Opcode::pong || outbox_->closing()) return true;
    const auto message = assembly_.add(opcode, last, payload);
    if (!message) return true;
    if (message->kind == Opcode::binary) {
      handle(input::SocketBinary{.socket = socket_, .bytes = message->payload});
    } else {
      handle(input::SocketText{.socket = socket_, .text = message->payload});
    }
    return true;
  }

  void close(CloseReason reason) override {
    outbox_->put_close(reason);
    outbox_->drain();
  }

  void finish() override {
    if (socket_ != 0) handle(input::SocketClosed{.socket = socket_});
    {
      const std::lock_guard lock(gateway_.mutex_);
      gateway_.sockets_.erase(socket_);
    }
    if (const auto& violation = guard_.violation(); violation && !worker_socket::lost()) {
      close(*violation);
      worker_socket::say_end_and_discard(close_patience);
    }
    outbox_->detach();
  }

  [[nodiscard]] FrameGuard& guard() override { return guard_; }
  [[nodiscard]] hub::ConnectionId id() const override { return socket_; }
  [[nodiscard]] CloseReason close_reason() const override { return outbox_->close_reason(); }

 private:
  void handle(const engine_io::Input& what) {
    gateway_.take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
      gateway_.io_.transport().handle(session_, what, now, out);
    });
  }

  SocketIoGateway& gateway_;
  const std::string query_;
  FrameGuard guard_;
  MessageAssembly assembly_;
  std::shared_ptr<Outbox> outbox_;
  engine_io::SocketId socket_ = 0;
  engine_io::SessionId session_ = 0;
};

SocketIoGateway::SocketIoGateway(Exchange& exchange, Writer& writer, OutboxLimits outbox_limits,
                                 const hub::Limits& limits, std::size_t max_sessions)
    : exchange_(exchange),
      writer_(writer),
      outbox_limits_(outbox_limits),
      max_message_bytes_(limits.message_bytes),
      io_(config_for(limits, max_sessions)),
      timer_([this](const std::stop_token& stop) { keep_time(stop); }) {}

SocketIoGateway::~SocketIoGateway() = default;

template <class Act>
void SocketIoGateway::take_turn(Act&& act) {
  socket_io::Outputs told;
  std::vector<std::shared_ptr<Outbox>> filled;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    const auto awaited = io_.next_timeout();
    engine_io::Outputs out;
    act(now, out);
    for (auto more = io_.advance(out, now); !more.empty(); more = io_.advance(out, now)) {
      // Whoever waits for an acknowledgement hears that the event has come.
      for (const auto& each : more) {
        const auto* event = std::get_if<socket_io::output::Event>(&each);
        if (event != nullptr && event->ack)
          io_.acknowledge(event->session, event->nsp, *event->ack, "[]", {}, now, out);
      }
      std::ranges::move(more, std::back_inserter(told));
    }
    perform(out, filled);
    // Most turns move no timeout forward, and waking the timer costs more than relaying a message.
    const auto next = io_.next_timeout();
    if (next && (!awaited || *next < *awaited)) earlier_.notify_one();
  }
  for (const auto& outbox : filled) outbox->drain();
  for (const auto& what : told) tell(what);
}

void SocketIoGateway::perform(engine_io::Outputs& outputs, std::vector<std::shared_ptr<Outbox>>& filled) {
  const auto to_socket = [&](engine_io::SocketId id, auto&& put) {
    const auto found = sockets_.find(id);
    if (found == sockets_.end()) return;
    put(*found->second);
    filled.push_back(found->second);
  };
  for (engine_io::Output& each : outputs) {
    std::visit(hub::overloaded{
                   [&](engine_io::output::Answer& answer) {
                     const auto found = waiting_.find(answer.request);
                     if (found == waiting_.end()) return;
                     found->second->answer = std::move(answer);
                     found->second->answered.notify_one();
                     waiting_.erase(found);
                   },
                   [&](const engine_io::output::SendFrame& frame) {
                     to_socket(frame.socket, [&](Outbox& outbox) {
                       outbox.put(frame.binary ? Opcode::binary : Opcode::text, frame.payload);
                     });
                   },
                   [&](const engine_io::output::CloseSocket& close) {
                     to_socket(close.socket, [&](Outbox& outbox) {
                       outbox.put_close({.code = close.code, .text = close.reason});
                     });
                   },
                   [](const auto&) {},
               },
               each);
  }
}

void SocketIoGateway::tell(const socket_io::Output& what) {
  std::visit(hub::overloaded{
                 [this](const socket_io::output::Connected& connected) { tell_connected(connected); },
                 [this](const socket_io::output::Event& event) { tell_event(event); },
                 [](const socket_io::output::Acknowledged&) {},
                 [this](const socket_io::output::Disconnected& gone) {
                   std::shared_ptr<Client> client;
                   {
                     const std::lock_guard lock(mutex_);
                     const auto found = clients_.find(gone.session);
                     if (found == clients_.end()) return;
                     client = std::move(found->second);
                     clients_.erase(found);
                   }
                   exchange_.disconnected(client->id);
                 },
             },
             what);
}

void SocketIoGateway::tell_connected(const socket_io::output::Connected& connected) {
  auto client = std::make_shared<Client>(*this, connected.session, connected.sid);
  client->id = exchange_.connected(client, hub::Dialect::socketio);
  const std::lock_guard lock(mutex_);
  clients_.emplace(connected.session, std::move(client));
}

void SocketIoGateway::tell_event(const socket_io::output::Event& event) {
  if (const auto client = client_of(event.session)) {
    exchange_.message(client->id, dialects::socketio::decode(event.name, event.args, client->place()));
  }
}

std::shared_ptr<SocketIoGateway::Client> SocketIoGateway::client_of(engine_io::SessionId session) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(session);
  return found == clients_.end() ? nullptr : found->second;
}

engine_io::output::Answer SocketIoGateway::answer(std::string_view method, std::string_view query,
                                                  std::optional<std::uint64_t> length,
                                                  std::string_view body) {
  Waiting waiting;
  take_turn([&](Clock::time_point now, engine_io::Outputs& out) {
    const engine_io::RequestId id = ++last_id_;
    waiting_.emplace(id, &waiting);
    const auto session = io_.transport().request(
        {.id = id, .method = method, .query = query, .content_length = length}, now, out);
    const bool answered = std::ranges::any_of(
        out, [](const auto& each) { return std::holds_alternative<engine_io::output::Answer>(each); });
    if (method == "POST" && !answered)
      io_.transport().handle(session, input::Post{.request = id, .body = body}, now, out);
    if (stopping_) io_.transport().close_all(now, out);
  });
  std::unique_lock lock(mutex_);
  waiting.answered.wait(lock, [&] { return waiting.answer.has_value(); });
  return *std::move(waiting.answer);
}

std::optional<engine_io::output::Answer> SocketIoGateway::refusal_of_socket(std::string_view query) {
  const std::lock_guard lock(mutex_);
  const auto refusal = io_.transport().refusal_of_socket(query);
  return refusal ? std::optional(engine_io::answer_of(0, *refusal)) : std::nullopt;
}

std::unique_ptr<SocketHandler> SocketIoGateway::socket(std::string query, int descriptor) {
  return std::make_unique<WebSocket>(
      *this, std::move(query), std::make_shared<Outbox>(descriptor, no_dialect, outbox_limits_, writer_));
}

void SocketIoGateway::stop() {
  take_turn([this](Clock::time_point now, engine_io::Outputs& out) {
    stopping_ = true;
    io_.transport().close_all(now, out);
  });
}

void SocketIoGateway::keep_time(const std::stop_token& stop) {
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
    take_turn([this](Clock::time_point now, engine_io::Outputs& out) { io_.expire(now, out); });
  }
}

}  // namespace parley::server
