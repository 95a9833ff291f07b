#include "endpoint.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "http/civetweb_request.hpp"
#include "http/http.hpp"

namespace parley::echo {
namespace {

namespace input = engine_io::input;
using http::query_of;

constexpr dialects::Codec no_events{.needs_pings = false};

bool send(net::HttpExchange& exchange, const engine_io::output::Answer& answer) {
  return exchange.answer(http::make_answer(
      http::text_response(answer.status, answer.content_type, answer.body), false, exchange.keep_alive()));
}

}  // namespace

class Endpoint::Socket : public net::SocketHandler {
 public:
  Socket(Endpoint& endpoint, std::string query) : endpoint_(endpoint), query_(std::move(query)) {}

  [[nodiscard]] const std::shared_ptr<net::Outbox>& outbox() const override { return outbox_; }

  void open() override {
    endpoint_.take_turn([&](Instant now, engine_io::Outputs& out) {
      endpoint_.sockets_.emplace(id_, outbox_);
      session_ = endpoint_.sessions_.socket_opened(id_, query_, now, out);
    });
  }

  void message(net::Opcode kind, std::string_view payload) override {
    endpoint_.take_turn([&](Instant now, engine_io::Outputs& out) {
      if (kind == net::Opcode::binary)
        endpoint_.sessions_.handle(session_, input::SocketBinary{.socket = id_, .bytes = payload}, now, out);
      else
        endpoint_.sessions_.handle(session_, endpoint_.sessions_.read_text(id_, payload), now, out);
    });
  }

  void closed(std::uint16_t) override {
    endpoint_.take_turn([&](Instant now, engine_io::Outputs& out) {
      endpoint_.sockets_.erase(id_);
      endpoint_.sessions_.handle(session_, input::SocketClosed{.socket = id_}, now, out);
    });
  }

 private:
  Endpoint& endpoint_;
  const std::string query_;
  const engine_io::SocketId id_ = ++endpoint_.last_id_;
  engine_io::SessionId session_ = 0;
  const std::shared_ptr<net::Outbox> outbox_ = std::make_shared<net::Outbox>(no_events, net::OutboxLimits{});
};

Endpoint::Endpoint(engine_io::Sessions& sessions, Application application)
    : sessions_(sessions),
      application_(std::move(application)),
      timer_([this](const std::stop_token& stop) { keep_time(stop); }) {}

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
  perform(out, now);
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
    perform(out, now);
  }
}

void Endpoint::request(mg_connection* connection, std::shared_ptr<net::HttpExchange> exchange) {
  const engine_io::RequestId id = ++last_id_;
  const mg_request_info* info = mg_get_request_info(connection);
  const std::string_view method = info->request_method;
  const std::string body = http::body_of(connection);
  exchange->answer_later();
  take_turn([&](Instant now, engine_io::Outputs& out) {
    Waiting& waiting = waiting_[id];
    waiting.exchange = std::move(exchange);
    waiting.session = sessions_.request(
        {.id = id,
         .method = method,
         .query = query_of(info),
         .content_length = info->content_length < 0
                               ? std::nullopt
                               : std::optional(static_cast<std::uint64_t>(info->content_length))},
        now, out);
    if (method != "POST") return;
    const auto session = waiting.session;
    perform(out, now);
    out.clear();
    if (waiting_.contains(id)) sessions_.handle(session, sessions_.read_post(id, body), now, out);
  });
}

void Endpoint::perform(engine_io::Outputs& outputs, Instant now) {
  application_.settle(outputs, now);
  for (engine_io::Output& each : outputs) std::visit([this](auto& what) { perform(what); }, each);
  for (const auto& [session, request] : std::exchange(lost_, {})) {
    engine_io::Outputs more;
    sessions_.handle(session, input::RequestLost{.request = request}, now, more);
    perform(more, now);
  }
}

void Endpoint::perform(engine_io::output::Answer& answer) {
  const auto found = waiting_.find(answer.request);
  if (found == waiting_.end()) return;
  if (!send(*found->second.exchange, answer)) lost_.emplace_back(found->second.session, answer.request);
  waiting_.erase(found);
}

bool Endpoint::web_socket(mg_connection* connection, net::HttpExchange& exchange) {
  const std::string query(query_of(mg_get_request_info(connection)));
  {
    const std::lock_guard lock(mutex_);
    if (const auto refusal = sessions_.refusal_of_socket(query)) {
      send(exchange, engine_io::answer_of(0, *refusal));
      return false;
    }
  }
  exchange.upgrade(std::make_unique<Socket>(*this, query));
  return true;
}

void Endpoint::perform(const engine_io::output::SendFrame& frame) {
  const auto found = sockets_.find(frame.socket);
  if (found == sockets_.end()) return;
  found->second->put(frame.binary ? net::Opcode::binary : net::Opcode::text, frame.payload);
  found->second->drain();
}

void Endpoint::perform(const engine_io::output::CloseSocket& close) {
  const auto found = sockets_.find(close.socket);
  if (found == sockets_.end()) return;
  found->second->put_close({.code = close.code, .text = close.reason});
  found->second->drain();
}

}  // namespace parley::echo
