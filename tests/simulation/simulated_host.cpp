#include "simulated_host.hpp"

#include <algorithm>
#include <utility>

#include "dialects/parley_v1.hpp"

namespace parley::simulation {

using namespace std::chrono_literals;
namespace parley_v1 = dialects::parley_v1;

SimulatedHost::SimulatedHost(VirtualTime& time) : time_(time) {
  start();
}

void SimulatedHost::start() {
  hub_ = std::make_unique<hub::Hub>(
      // People ring each other more often here than they do.
      hub::Config{.limits = {.rings_per_minute = 0, .rings_per_address = 0, .ring_backoff = 0s},
                  .ice_servers = {},
                  .seed = time_.random().next(),
                  .make_secret = {}});
  waking_.reset();
}

hub::Instant SimulatedHost::hub_now() const {
  return hub::Instant(time_.now().time_since_epoch());
}

SocketRef SimulatedHost::open(ModelSocket::Handlers handlers) {
  auto socket = std::make_shared<ModelSocket>(time_, std::move(handlers));
  socket->up.after(time_.random().between(1ms, 40ms), [this, weak = std::weak_ptr(socket)] {
    if (const auto self = weak.lock()) accept(self);
  });
  return socket;
}

void SimulatedHost::accept(const SocketRef& socket) {
  if (!running()) return close_from_here(socket, 1006, time_.random().between(1ms, 2s));
  socket->connection = ++last_connection_;
  sockets_[last_connection_] = socket;
  hub_->connected(last_connection_, hub::Dialect::parley, hub_now());
  socket->down.after(time_.random().between(1ms, 40ms), [weak = std::weak_ptr(socket)] {
    if (const auto self = weak.lock(); self && !self->closed) self->handlers.opened();
  });
}

void SimulatedHost::send(const SocketRef& socket, std::string text) {
  if (socket->broken) return;
  const auto delay = time_.random().between(1ms, time_.random().chance(90) ? 30ms : 300ms);
  socket->up.after(delay, [this, weak = std::weak_ptr(socket), text = std::move(text)] {
    const auto self = weak.lock();
    if (!self || !self->connection) return;  // the host has closed it, or is another by now
    hub::Outcome outcome;
    hub_->handle(*self->connection, parley_v1::decode(text), hub_now(), outcome);
    perform(outcome);
  });
}

void SimulatedHost::perform(const hub::Outcome& outcome) {
  for (const hub::Delivery& delivery : outcome.deliveries) {
    const auto found = sockets_.find(delivery.to);
    if (found == sockets_.end() || found->second->broken) continue;
    const SocketRef socket = found->second;
    const auto delay = time_.random().between(1ms, time_.random().chance(90) ? 30ms : 300ms);
    if (!delivery.event) {
      close_from_here(socket, delivery.close.code, delay);
      forget(socket);
      continue;
    }
    std::string text;
    parley_v1::encode(delivery, text);
    socket->down.after(delay, [weak = std::weak_ptr(socket), text = std::move(text)] {
      if (const auto self = weak.lock(); self && !self->closed) self->handlers.message(text);
    });
  }
  for (const hub::ConnectionId probed : outcome.probes) probe(probed);
  wake_when_due();
}

bool SimulatedHost::busy() const {
  return std::ranges::any_of(
      sockets_, [](const auto& entry) { return !entry.second->up.empty() || !entry.second->down.empty(); });
}

/// A browser answers a ping by itself, as long as there is one at the other end.
void SimulatedHost::probe(hub::ConnectionId connection) {
  const auto found = sockets_.find(connection);
  if (found == sockets_.end() || found->second->broken) return;
  const auto delay = [this] { return time_.random().between(1ms, 30ms); };
  found->second->down.after(delay(), [this, delay, weak = std::weak_ptr(found->second)] {
    const auto self = weak.lock();
    if (!self || self->closed || self->broken) return;
    self->up.after(delay(), [this, weak] {
      const auto still = weak.lock();
      if (!still || !still->connection) return;
      hub::Outcome outcome;
      hub_->alive(*still->connection, hub_now(), outcome);
      perform(outcome);
    });
  });
}

void SimulatedHost::wake_when_due() {
  const auto due = hub_ ? hub_->next_timeout() : std::nullopt;
  if (!due || (waking_ && *waking_ <= *due)) return;
  waking_ = due;
  const auto delay = std::chrono::ceil<Duration>(*due - hub_now());
  time_.after(std::max(delay, 0ms), [this, hub = hub_.get(), due = *due] {
    if (hub_.get() != hub || waking_ != due) return;
    waking_.reset();
    hub::Outcome outcome;
    hub_->expire(hub_now(), outcome);
    perform(outcome);
  });
}

/// The hub learns that the socket is gone.
void SimulatedHost::forget(const SocketRef& socket) {
  if (!socket->connection) return;
  const hub::ConnectionId connection = *std::exchange(socket->connection, std::nullopt);
  sockets_.erase(connection);
  hub::Outcome outcome;
  hub_->disconnected(connection, hub_now(), outcome);
  perform(outcome);
}

void SimulatedHost::close_from_here(const SocketRef& socket, int code, Duration delay) {
  socket->down.after(delay, [weak = std::weak_ptr(socket), code] {
    const auto self = weak.lock();
    if (self && !std::exchange(self->closed, true)) self->handlers.closed(code);
  });
}

void SimulatedHost::close(const SocketRef& socket) {
  socket->closed = true;
  if (socket->broken) return;
  // What was sent before arrives before.
  socket->up.after(time_.random().between(1ms, 30ms), [this, weak = std::weak_ptr(socket)] {
    if (const auto self = weak.lock()) forget(self);
  });
}

void SimulatedHost::drop(const SocketRef& socket) {
  if (std::exchange(socket->broken, true)) return;
  socket->up.clear();
  socket->down.clear();
  auto& random = time_.random();
  if (random.chance(80))
    close_from_here(socket, 1006, random.chance(60) ? random.between(0ms, 50ms) : random.between(1s, 20s));
  // The server treats a socket as lost that was silent for two heartbeats.
  time_.after(random.chance(60) ? random.between(0ms, 50ms) : random.between(1s, 30s),
              [this, socket] { forget(socket); });
}

void SimulatedHost::restart(Duration pause) {
  if (!running()) return;
  hub_.reset();
  for (const auto& [connection, socket] : std::exchange(sockets_, {})) {
    socket->connection.reset();
    socket->broken = true;
    socket->up.clear();
    socket->down.clear();
    if (time_.random().chance(90)) close_from_here(socket, 1006, time_.random().between(0ms, 100ms));
  }
  time_.after(pause, [this] { start(); });
}

}  // namespace parley::simulation
