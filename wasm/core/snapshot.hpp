#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media.hpp"
#include "output.hpp"
#include "rules.hpp"
#include "states.hpp"
#include "time.hpp"

namespace parley {

/// A peer's whole connection state at one instant.
struct PeerSnapshot {
  PeerInfo info;
  LinkState state = LinkState::connecting;
  Reason reason;
  std::optional<ConnectionId> connection;
  SignalingState signaling = SignalingState::stable;
  IceGatheringState gathering = IceGatheringState::fresh;
  IceConnectionState ice = IceConnectionState::fresh;
  PeerConnectionState peer_connection = PeerConnectionState::fresh;
  bool channel_open = false;
  int ice_restarts = 0;  ///< since it was last connected for good
  int rebuilds = 0;      ///< fresh connections since then
  Presence presence;
  VerificationInfo verification;
  std::vector<StateChange> timeline;  ///< oldest first, the latest `Limits::timeline` of them
};

struct Snapshot {
  LinkState state = LinkState::connecting;
  Reason reason;
  std::string room;
  std::string self;  ///< empty before the host assigned one
  std::string incarnation;
  std::string signaling;   ///< idle, connecting, joining, waiting-room, joined, waiting, closed
  bool moderator = false;  ///< we moderate
  RoomRules rules;
  Lobby lobby;  ///< of who moderates
  std::vector<PeerSnapshot> peers;
};

}  // namespace parley
