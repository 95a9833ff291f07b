#include "network.hpp"

#include <algorithm>
#include <vector>

namespace parley::simulation {

using namespace std::chrono_literals;

/// Gathering takes up to two seconds here, a socket's delays less.
constexpr Duration long_enough_for_candidates = 6s;

void Network::attach(std::shared_ptr<ModelPeerConnection> connection, Place place,
                     ModelPeerConnection::Report report) {
  auto endpoint = std::make_shared<Endpoint>(time_, std::move(connection), place, std::move(report));
  endpoints_[endpoint->connection->fingerprint()] = endpoint;
  endpoint->connection->on_ice_changed = [this, weak = std::weak_ptr(endpoint)] {
    if (const auto self = weak.lock()) changed(self);
  };
}

Network::Ref Network::find(const std::string& fingerprint) const {
  const auto found = endpoints_.find(fingerprint);
  return found == endpoints_.end() ? nullptr : found->second;
}

Network::Ref Network::partner(const Endpoint& endpoint) const {
  return endpoint.other.empty() ? nullptr : find(endpoint.other);
}

Network::Ref Network::associate(const Endpoint& endpoint) const {
  return endpoint.associated.empty() ? nullptr : find(endpoint.associated);
}

void Network::tell(const Ref& endpoint, Input input) {
  endpoint->tasks.after(time_.random().between(0ms, 2ms),
                        [weak = std::weak_ptr(endpoint), input = std::move(input)] {
                          const auto self = weak.lock();
                          if (self && !self->connection->closed()) self->report(input);
                        });
}

void Network::later(const Ref& endpoint, Duration delay, std::function<void(const Ref&)> task) {
  time_.after(delay, [weak = std::weak_ptr(endpoint), epoch = endpoint->epoch, task = std::move(task)] {
    const auto self = weak.lock();
    if (self && self->epoch == epoch && !self->connection->closed()) task(self);
  });
}

// Paths.

void Network::cut(Place a, Place b) {
  cuts_.insert(std::minmax(a, b));
  watch_all();
}

void Network::heal(Place a, Place b) {
  cuts_.erase(std::minmax(a, b));
  const auto all = endpoints_;
  for (const auto& [fingerprint, endpoint] : all) {
    try_to_connect(endpoint);
    flush(endpoint);
    if (endpoint->ice != IceConnectionState::disconnected || !path_works(*endpoint)) continue;
    later(endpoint, time_.random().between(0ms, 900ms), [this](const Ref& self) {
      if (!path_works(*self)) return;
      enter(self, IceConnectionState::connected, PeerConnectionState::connected);
      flush(self);
      if (const Ref other = partner(*self)) flush(other);
    });
  }
}

void Network::heal_all() {
  for (const auto& [a, b] : std::set(cuts_)) heal(a, b);
}

bool Network::is_cut(Place a, Place b) const {
  return cuts_.contains(std::minmax(a, b));
}

bool Network::match(const Endpoint& a, const Endpoint& b) const {
  return a.generation && b.generation && a.generation->local == b.generation->remote &&
         a.generation->remote == b.generation->local &&
         a.connection->remote_fingerprint() == b.connection->fingerprint() &&
         b.connection->remote_fingerprint() == a.connection->fingerprint() &&
         a.connection->can_reach(a.generation->remote) && b.connection->can_reach(b.generation->remote) &&
         !is_cut(a.place, b.place);
}

bool Network::path_works(const Endpoint& endpoint) const {
  const Ref other = partner(endpoint);
  if (!other || is_cut(endpoint.place, other->place)) return false;
  return other->other == endpoint.connection->fingerprint() || match(endpoint, *other);
}

Duration Network::alive_for(const std::string& fingerprint) const {
  const Ref endpoint = find(fingerprint);
  if (!endpoint || endpoint->state != PeerConnectionState::connected || !path_works(*endpoint)) return {};
  const Ref other = partner(*endpoint);
  if (other->state != PeerConnectionState::connected) return {};
  return time_.now() - std::max(endpoint->since, other->since);
}

bool Network::are_connected(const std::string& one, const std::string& other) const {
  const Ref endpoint = find(one);
  return endpoint && endpoint->other == other && alive_for(one) > Duration::zero();
}

// ICE and DTLS.

void Network::changed(const Ref& endpoint) {
  if (endpoint->connection->closed()) return closed(endpoint, true);
  if (!endpoint->connection->ice()) return;
  if (endpoint->generation != endpoint->connection->ice()) {
    endpoint->generation = endpoint->connection->ice();
    expect_candidates(endpoint);
    // A connected side keeps the pair it has until the new generation has a better one.
    if (endpoint->state != PeerConnectionState::connected) {
      endpoint->other.clear();
      enter(endpoint, IceConnectionState::checking, PeerConnectionState::connecting);
      later(endpoint, time_.random().between(12s, 25s), [this](const Ref& self) {
        enter(self, IceConnectionState::failed, PeerConnectionState::failed);
      });
      watch_all();
    }
  }
  try_to_connect(endpoint);
}

void Network::closed(const Ref& endpoint, bool says_goodbye) {
  const Ref other = associate(*endpoint);
  endpoints_.erase(endpoint->connection->fingerprint());
  watch_all();
  if (!other) return;
  if (is_cut(endpoint->place, other->place)) {
    other->held.clear();  // nobody is there any more to send it again
    return;
  }
  if (!says_goodbye) return;
  other->arriving.after(time_.random().between(1ms, 30ms), [this, weak = std::weak_ptr(other)] {
    const auto self = weak.lock();
    if (!self || self->channel != Endpoint::Channel::open) return;
    self->channel = Endpoint::Channel::closed;
    tell(self, input::ChannelClosed{.connection = self->connection->id()});
  });
}

void Network::vanish(const std::string& fingerprint) {
  const Ref endpoint = find(fingerprint);
  if (!endpoint) return;
  endpoint->connection->on_ice_changed = [] {};
  endpoint->connection->close();
  closed(endpoint, false);
}

void Network::try_to_connect(const Ref& endpoint) {
  const Ref other = find(endpoint->connection->remote_fingerprint());
  if (!other || !match(*endpoint, *other)) return;
  connect(endpoint, other);
  connect(other, endpoint);
}

void Network::connect(const Ref& endpoint, const Ref& other) {
  // A failed side stays so until its ICE restarts; a connected one already is.
  if (endpoint->ice != IceConnectionState::checking || endpoint->connecting) return;
  endpoint->connecting = true;
  later(endpoint, time_.random().between(5ms, 120ms), [this, weak = std::weak_ptr(other)](const Ref& self) {
    self->connecting = false;
    const auto reached = weak.lock();
    if (!reached || !match(*self, *reached)) return;
    self->other = self->associated = reached->connection->fingerprint();
    enter(self, IceConnectionState::connected, PeerConnectionState::connected);
    open_channels(self);
    flush(self);
    flush(reached);
  });
}

void Network::enter(const Ref& endpoint, IceConnectionState ice, PeerConnectionState state) {
  ++endpoint->epoch;
  endpoint->connecting = false;
  endpoint->watched = false;
  endpoint->ice = ice;
  if (state == PeerConnectionState::connected) endpoint->since = time_.now();
  endpoint->state = state;
  const Input ice_changed =
      input::IceConnectionStateChanged{.connection = endpoint->connection->id(), .state = ice};
  const Input changed =
      input::ConnectionStateChanged{.connection = endpoint->connection->id(), .state = state};
  const bool ice_first = time_.random().chance(50);
  tell(endpoint, ice_first ? ice_changed : changed);
  tell(endpoint, ice_first ? changed : ice_changed);
}

void Network::expect_candidates(const Ref& endpoint) {
  time_.after(long_enough_for_candidates,
              [this, weak = std::weak_ptr(endpoint), pair = *endpoint->generation] {
                const auto self = weak.lock();
                if (!self || self->connection->closed() || self->generation != pair) return;
                const Ref other = find(self->connection->remote_fingerprint());
                if (!other || !other->generation || other->generation->local != pair.remote) return;
                if (!self->connection->can_reach(pair.remote)) on_starved(self->place, other->place);
              });
}

/// Times a break of an established path, if there is one: RFC 7675 consent and a browser's patience.
void Network::watch(const Ref& endpoint) {
  if (endpoint->ice != IceConnectionState::connected || endpoint->watched || path_works(*endpoint)) return;
  endpoint->watched = true;
  later(endpoint, time_.random().between(3s, 6s), [this](const Ref& self) {
    self->watched = false;
    if (path_works(*self)) return;
    enter(self, IceConnectionState::disconnected, PeerConnectionState::disconnected);
    later(self, time_.random().between(8s, 20s), [this](const Ref& still) {
      enter(still, IceConnectionState::failed, PeerConnectionState::failed);
    });
  });
}

void Network::watch_all() {
  for (const auto& [fingerprint, endpoint] : endpoints_) watch(endpoint);
}

// The data channel.

void Network::open_channels(const Ref& endpoint) {
  const Ref other = associate(*endpoint);
  if (!other || other->associated != endpoint->connection->fingerprint()) return;
  for (const Ref& side : {endpoint, other}) {
    if (std::exchange(side->channel_opening, true)) continue;
    time_.after(time_.random().between(1ms, 40ms), [this, weak = std::weak_ptr(side)] {
      const auto self = weak.lock();
      if (!self || self->channel != Endpoint::Channel::fresh) return;
      self->channel = Endpoint::Channel::open;
      tell(self, input::ChannelOpened{.connection = self->connection->id()});
      flush(self);
    });
  }
}

void Network::send(const std::string& fingerprint, std::string text) {
  const Ref endpoint = find(fingerprint);
  const Ref other = endpoint ? associate(*endpoint) : nullptr;
  if (!other || endpoint->channel != Endpoint::Channel::open) return;  // closed in the same instant
  other->arriving.after(time_.random().between(1ms, 60ms),
                        [this, weak = std::weak_ptr(other), text = std::move(text)] {
                          const auto self = weak.lock();
                          if (!self || self->channel == Endpoint::Channel::closed) return;
                          self->held.push_back(text);
                          flush(self);
                        });
}

void Network::flush(const Ref& endpoint) {
  if (endpoint->channel != Endpoint::Channel::open) return;
  if (associate(*endpoint) && !path_works(*endpoint)) return;  // sent again until it arrives
  for (std::string& text : std::exchange(endpoint->held, {}))
    tell(endpoint, input::ChannelMessage{.connection = endpoint->connection->id(), .text = std::move(text)});
}

}  // namespace parley::simulation
