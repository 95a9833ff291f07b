#include "tab.hpp"

#include <algorithm>
#include <utility>

#include "base/sha256.hpp"

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

/// Outputs that one input may bring forth: a join into a full room makes some ten for each peer.
constexpr std::size_t outputs_per_input = 400;
/// A connection that has carried media for so long is alive in everybody's eyes.
constexpr Duration surely_alive = 2s;

bool is_heartbeat(const Output& output) {
  const auto starts = [](std::string_view text) {
    return text.starts_with(R"({"type":"ping")") || text.starts_with(R"({"type":"ack")");
  };
  if (const auto* send = std::get_if<output::SendSocket>(&output)) return starts(send->text);
  if (const auto* send = std::get_if<output::SendChannel>(&output)) return starts(send->text);
  return false;
}

}  // namespace

Tab::Tab(World world, Config config, Place place, std::string label)
    : world_(world),
      config_(std::move(config)),
      place_(place),
      label_(std::move(label)),
      session_(config_),
      socket_(
          world_.host, [this](const Input& input) { handle(input); },
          [this](const std::string& what) { world_.watcher.broken(*this, what); }),
      timer_(world_.time,
             {.next_timeout = [this] { return session_ ? session_->next_timeout() : Deadline{}; },
              .timeout = [this] { handle(input::Timeout{}); },
              .broken = [this](const std::string& what) { world_.watcher.broken(*this, what); }}) {
  incarnation_ = sha256_hex(config_.secret);
}

void Tab::handle(const Input& input) {
  if (destroyed()) return;
  world_.watcher.input(*this, input);
  if (const auto* failed = std::get_if<input::RemoteDescriptionFailed>(&input))
    world_.watcher.broken(*this, "setRemoteDescription() failed: " + failed->error);
  if (const auto* failed = std::get_if<input::CandidateFailed>(&input))
    world_.watcher.broken(*this, "addIceCandidate() failed: " + failed->error);
  if (const auto* update = std::get_if<input::Update>(&input)) {
    if (update->name) config_.name = *update->name;
    if (update->meta) config_.meta = *update->meta;
  }
  if (const auto* set = std::get_if<input::SetPresence>(&input)) presence_ = set->presence;
  if (const auto* open = std::get_if<input::OpenSlot>(&input)) {
    if (std::ranges::find(config_.slots, open->slot) == config_.slots.end())
      config_.slots.push_back(open->slot);
  }
  session_->handle(input, world_.time.now());
  drain();
  timer_.set();
}

void Tab::drain() {
  std::size_t count = 0;
  while (const auto output = session_->poll()) {
    world_.watcher.output(*this, *output);
    if (!is_heartbeat(*output)) ++activity_;
    if (++count == outputs_per_input)
      world_.watcher.broken(*this, "one input brought forth too many outputs");
    std::visit([this](const auto& alternative) { perform(alternative); }, *output);
  }
  check_closed_while_alive();
}

void Tab::destroy(bool says_goodbye) {
  if (destroyed()) return;
  socket_.close();
  session_.reset();
  for (auto& [id, connection] : connections_) {
    if (says_goodbye) {
      connection.model->close();
    } else {
      world_.network.vanish(connection.model->fingerprint());
    }
  }
  connections_.clear();
}

ModelPeerConnection* Tab::model(ConnectionId connection) {
  const auto found = connections_.find(connection);
  if (found != connections_.end()) return found->second.model.get();
  world_.watcher.broken(*this, "an operation on a connection that is closed or was never created");
  return nullptr;
}

std::shared_ptr<ModelPeerConnection> Tab::connection_to(const std::string& peer) const {
  std::shared_ptr<ModelPeerConnection> only;
  for (const auto& [id, connection] : connections_) {
    if (connection.peer != peer) continue;
    if (only) return nullptr;
    only = connection.model;
  }
  return only;
}

// RTCPeerConnection.

void Tab::perform(const output::CreatePeer& create) {
  const auto report = [this, alive = std::weak_ptr(alive_)](const Input& input) {
    if (!alive.expired()) handle(input);
  };
  auto model = std::make_shared<ModelPeerConnection>(
      create.connection, label_ + "." + std::to_string(create.connection), world_.time, report);
  world_.network.attach(model, place_, report);
  connections_[create.connection] = {.model = std::move(model), .peer = create.peer};
}

void Tab::perform(const output::AssignPeer& assign) {
  if (model(assign.connection) != nullptr) connections_[assign.connection].peer = assign.peer;
}

void Tab::perform(const output::AddSlot& add) {
  if (auto* connection = model(add.connection)) connection->add_slot(add.slot);
}

void Tab::perform(const output::BindSlot& bind) {
  if (auto* connection = model(bind.connection)) connection->bind_slot(bind.slot, bind.mid);
}

void Tab::perform(const output::SetLocalDescription& set) {
  if (auto* connection = model(set.connection)) connection->set_local_description(set.provisional);
}

void Tab::perform(const output::SetRemoteDescription& set) {
  if (auto* connection = model(set.connection)) connection->set_remote_description(set.description);
}

void Tab::perform(const output::AddCandidate& add) {
  if (auto* connection = model(add.connection)) connection->add_candidate(add.candidate);
}

void Tab::perform(const output::RestartIce& restart) {
  if (auto* connection = model(restart.connection)) connection->restart_ice();
}

void Tab::perform(const output::ClosePeer& close) {
  auto* connection = model(close.connection);
  if (connection == nullptr) return;
  if (world_.network.alive_for(connection->fingerprint()) >= surely_alive)
    closed_while_alive_.push_back(connections_[close.connection].peer);
  connection->close();
  connections_.erase(close.connection);
}

void Tab::perform(const output::SendChannel& send) {
  if (auto* connection = model(send.connection)) world_.network.send(connection->fingerprint(), send.text);
}

/// Media that flows is closed only towards somebody who leaves.
void Tab::check_closed_while_alive() {
  for (const std::string& peer : std::exchange(closed_while_alive_, {})) {
    if (peers_.contains(peer))
      world_.watcher.broken(*this, "the connection with " + peer + " was closed while media flowed");
  }
}

// The application.

void Tab::perform(const output::Joined& joined) {
  self_ = joined.self;
}

void Tab::perform(const output::PeerJoined& joined) {
  if (!peers_
           .try_emplace(joined.peer.id, Peer{.info = joined.peer, .state = {}, .presence = {}, .tracks = {}})
           .second)
    world_.watcher.broken(*this, joined.peer.id + " joined twice");
}

void Tab::perform(const output::PeerUpdated& updated) {
  const auto found = peers_.find(updated.peer.id);
  if (found == peers_.end())
    return world_.watcher.broken(*this, updated.peer.id + " was updated but never joined");
  if (found->second.info.incarnation != updated.peer.incarnation)
    world_.watcher.broken(*this, updated.peer.id + " became another incarnation by an update");
  found->second.info = updated.peer;
}

void Tab::perform(const output::PeerLeft& left) {
  if (peers_.erase(left.peer) == 0) world_.watcher.broken(*this, left.peer + " left but never joined");
}

void Tab::perform(const output::PeerStateChanged& change) {
  if (const auto found = peers_.find(change.peer); found != peers_.end()) found->second.state = change.state;
}

void Tab::perform(const output::TrackStarted& track) {
  if (const auto found = peers_.find(track.peer); found != peers_.end())
    found->second.tracks[track.slot] = {track.connection, track.mid};
}

void Tab::perform(const output::PresenceChanged& change) {
  if (const auto found = peers_.find(change.peer); found != peers_.end())
    found->second.presence = change.presence;
}

void Tab::perform(const output::MessageReceived& message) {
  if (!peers_.contains(message.peer))
    world_.watcher.broken(*this, "a message from a stranger: " + message.text);
}

void Tab::perform(const output::ErrorRaised& error) {
  world_.watcher.broken(
      *this, "error " + error.reason.code + " about '" + error.peer + "': " + error.reason.message);
}

}  // namespace parley::simulation
