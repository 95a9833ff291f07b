#include "echo.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"

namespace parley::echo {
namespace {

constexpr std::chrono::milliseconds moment{20};

}  // namespace

void EngineEcho::settle(engine_io::Outputs& out, Instant now) {
  engine_io::Outputs kept;
  for (engine_io::Outputs rest = std::exchange(out, {}); !rest.empty(); rest = std::exchange(out, {})) {
    for (engine_io::Output& each : rest)
      std::visit(overloaded{
                     [](engine_io::output::Opened&) {},
                     [](engine_io::output::Ended&) {},
                     [&](engine_io::output::Received& it) {
                       sessions_.send(it.session, std::move(it.message), now, out);
                     },
                     [&](auto& network) { kept.emplace_back(std::move(network)); },
                 },
                 each);
  }
  out = std::move(kept);
}

void SocketEcho::settle(engine_io::Outputs& out, Instant now) {
  for (auto told = server_.advance(out, now); !told.empty(); told = server_.advance(out, now))
    for (const socket_io::Output& each : told)
      std::visit([&](const auto& what) { on(what, now, out); }, each);
}

void SocketEcho::expire(Instant now, engine_io::Outputs& out) {
  for (; !greetings_.empty() && greetings_.front().due <= now; greetings_.pop_front()) {
    const auto& client = greetings_.front().client;
    server_.emit(client.session, client.nsp, {.name = "auth", .args = "[" + client.auth + "]"}, now, out);
  }
  server_.expire(now, out);
}

std::optional<Instant> SocketEcho::next_timeout() const {
  const auto next = server_.next_timeout();
  if (greetings_.empty()) return next;
  const Instant greeting = greetings_.front().due;
  return next ? std::min(*next, greeting) : greeting;
}

void SocketEcho::on(const socket_io::output::Connected& client, Instant now, engine_io::Outputs&) {
  greetings_.push_back({.due = now + moment, .client = client});
}

void SocketEcho::on(const socket_io::output::Event& event, Instant now, engine_io::Outputs& out) {
  if (event.name == "message")
    server_.emit(event.session, event.nsp,
                 {.name = "message-back", .args = event.args, .attachments = event.attachments}, now, out);
  if (event.name == "message-with-ack" && event.ack)
    server_.acknowledge(event.session, event.nsp, *event.ack, event.args, event.attachments, now, out);
}

}  // namespace parley::echo
