#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "model_peer_connection.hpp"
#include "network.hpp"
#include "page.hpp"
#include "simulated_host.hpp"

namespace parley::simulation {

class Tab;

/// Whoever follows what tabs do.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void input(const Tab&, const Input&) = 0;
  virtual void output(const Tab&, const Output&) = 0;
  /// Something happened that may never happen.
  virtual void broken(const Tab&, const std::string& what) = 0;
};

/// One browser tab: the real core, and around it a shim that performs what the core says on the model's
/// RTCPeerConnections and sockets, and an application that believes what the core tells it.
class Tab {
 public:
  struct World {
    VirtualTime& time;
    Network& network;
    SimulatedHost& host;
    Watcher& watcher;
  };
  /// A remote peer, as the application knows it.
  struct Peer {
    PeerInfo info;
    LinkState state = LinkState::connecting;
    Presence presence;
    std::map<std::string, std::pair<ConnectionId, std::string>> tracks;  ///< connection and mid by slot
  };

  Tab(World world, Config config, Place place, std::string label);

  /// The application's wish, or the world's news.
  void handle(const Input& input);
  /// The tab is closed or reloaded, with or without its browser saying goodbye to the peers.
  void destroy(bool says_goodbye);

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] Place place() const { return place_; }
  /// Its configuration, with the names and slots of now.
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const std::string& incarnation() const { return incarnation_; }
  [[nodiscard]] const std::string& self() const { return self_; }
  [[nodiscard]] const Presence& presence() const { return presence_; }
  [[nodiscard]] const std::map<std::string, Peer>& peers() const { return peers_; }
  [[nodiscard]] Snapshot snapshot() const { return session_->snapshot(); }
  [[nodiscard]] const SocketRef& socket() const { return socket_.ref(); }
  [[nodiscard]] bool destroyed() const { return !session_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  /// The connection towards this peer, if there is exactly one.
  [[nodiscard]] std::shared_ptr<ModelPeerConnection> connection_to(const std::string& peer) const;
  /// How many outputs were not just heartbeats and acknowledgements.
  [[nodiscard]] std::size_t activity() const { return activity_; }

 private:
  struct Connection {
    std::shared_ptr<ModelPeerConnection> model;
    std::string peer;
  };

  void drain();
  void check_closed_while_alive();
  [[nodiscard]] ModelPeerConnection* model(ConnectionId connection);

  void perform(const output::OpenSocket& open) { socket_.perform(open); }
  void perform(const output::SendSocket& send) { socket_.perform(send); }
  void perform(const output::CloseSocket& close) { socket_.perform(close); }
  void perform(const output::CreatePeer& create);
  void perform(const output::AssignPeer& assign);
  void perform(const output::AddSlot& add);
  void perform(const output::BindSlot& bind);
  void perform(const output::SetLocalDescription& set);
  void perform(const output::SetRemoteDescription& set);
  void perform(const output::AddCandidate& add);
  void perform(const output::SetIceServers&) {}
  void perform(const output::RestartIce& restart);
  void perform(const output::ClosePeer& close);
  void perform(const output::SendChannel& send);
  void perform(const output::StateChanged&) {}
  void perform(const output::Joined& joined);
  void perform(const output::PeerJoined& joined);
  void perform(const output::PeerUpdated& updated);
  void perform(const output::PeerLeft& left);
  void perform(const output::PeerStateChanged& change);
  void perform(const output::PeerTracked&) {}
  void perform(const output::TrackStarted& track);
  void perform(const output::PresenceChanged& change);
  void perform(const output::MessageReceived& message);
  void perform(const output::VerificationChanged&) {}
  void perform(const output::RecallKey&) {}
  void perform(const output::RememberKey&) {}
  void perform(const output::TokenEnds&) {}
  void perform(const output::RulesChanged&) {}
  void perform(const output::RoleChanged&) {}
  void perform(const output::LobbyChanged&) {}
  void perform(const output::Asked&) {}
  void perform(const output::ErrorRaised& error);
  void perform(const output::UsersChanged&) {}
  void perform(const output::CallChanged&) {}

  World world_;
  Config config_;
  Place place_;
  std::string label_;
  std::optional<Session> session_;
  PageSocket<Input> socket_;
  PageTimer timer_;
  std::string incarnation_;
  std::string self_;
  Presence presence_;

  std::map<ConnectionId, Connection> connections_;
  std::map<std::string, Peer> peers_;
  std::vector<std::string> closed_while_alive_;  ///< peers, of this drain
  std::size_t activity_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace parley::simulation
