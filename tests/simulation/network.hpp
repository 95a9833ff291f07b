#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "lane.hpp"
#include "model_peer_connection.hpp"

namespace parley::simulation {

/// A computer: paths are between these, and are cut and healed between these.
using Place = unsigned;

/// What lies between the browsers: ICE, DTLS and the data channel of the model's connections. A pair connects
/// once both sides are in each other's current ICE generation and each has been told a candidate that leads
/// to the other. A cut path is noticed after some seconds, first as `disconnected`, then as `failed`, and
/// heals by itself only before that. A side whose other side is gone sees the same; if that one said goodbye,
/// its data channel closes.
class Network {
 public:
  explicit Network(VirtualTime& time) : time_(time) {}

  void attach(std::shared_ptr<ModelPeerConnection> connection, Place place,
              ModelPeerConnection::Report report);
  /// The page is gone and its browser said goodbye to nobody.
  void vanish(const std::string& fingerprint);
  void send(const std::string& fingerprint, std::string text);

  void cut(Place a, Place b);
  void heal(Place a, Place b);
  void heal_all();

  /// Called when one place still lacks every candidate that leads to the other, long after both have agreed
  /// on an ICE generation.
  std::function<void(Place, Place)> on_starved = [](Place, Place) {};

  /// How long this connection has carried media both ways without a break; zero where it does not.
  [[nodiscard]] Duration alive_for(const std::string& fingerprint) const;
  [[nodiscard]] bool are_connected(const std::string& one, const std::string& other) const;

 private:
  struct Endpoint {
    Endpoint(VirtualTime& time, std::shared_ptr<ModelPeerConnection> pc, Place where,
             ModelPeerConnection::Report to)
        : connection(std::move(pc)), place(where), report(std::move(to)), tasks(time), arriving(time) {}

    std::shared_ptr<ModelPeerConnection> connection;
    Place place;
    ModelPeerConnection::Report report;
    Lane tasks;  ///< of its page

    IceConnectionState ice = IceConnectionState::fresh;
    PeerConnectionState state = PeerConnectionState::fresh;
    std::optional<IcePair> generation;
    std::string other;        ///< the fingerprint of the one whose packets arrive, by ICE
    std::string associated;   ///< the same by DTLS: once connected, for good
    unsigned epoch = 0;       ///< of `ice`: a timer of an older one has nothing to say
    bool connecting = false;  ///< checks have succeeded, the news is on its way
    bool watched = false;     ///< a break is being timed
    Instant since{};          ///< when it became connected

    enum class Channel { fresh, open, closed } channel = Channel::fresh;
    bool channel_opening = false;
    Lane arriving;
    std::deque<std::string>
        held;  ///< arrived, or sent again later: the path is cut or the channel not open yet
  };
  using Ref = std::shared_ptr<Endpoint>;

  [[nodiscard]] Ref find(const std::string& fingerprint) const;
  [[nodiscard]] Ref partner(const Endpoint& endpoint) const;
  [[nodiscard]] Ref associate(const Endpoint& endpoint) const;
  [[nodiscard]] bool is_cut(Place a, Place b) const;
  [[nodiscard]] bool match(const Endpoint& a, const Endpoint& b) const;
  [[nodiscard]] bool path_works(const Endpoint& endpoint) const;

  void changed(const Ref& endpoint);
  void closed(const Ref& endpoint, bool says_goodbye);
  void try_to_connect(const Ref& endpoint);
  void connect(const Ref& endpoint, const Ref& other);
  void expect_candidates(const Ref& endpoint);
  void watch(const Ref& endpoint);
  void watch_all();
  void enter(const Ref& endpoint, IceConnectionState ice, PeerConnectionState state);
  void open_channels(const Ref& endpoint);
  void flush(const Ref& endpoint);
  void tell(const Ref& endpoint, Input input);
  /// Runs `task` unless the endpoint has changed its ICE state by then.
  void later(const Ref& endpoint, Duration delay, std::function<void(const Ref&)> task);

  VirtualTime& time_;
  std::map<std::string, Ref> endpoints_;  ///< by fingerprint
  std::set<std::pair<Place, Place>> cuts_;
};

}  // namespace parley::simulation
