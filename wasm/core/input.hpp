#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "media.hpp"
#include "rules.hpp"
#include "states.hpp"

namespace parley {

/// The handle of a WebSocket that the core asked for; never reused within a session.
using SocketId = std::uint32_t;
/// The handle of an RTCPeerConnection that the core asked for; never reused within a session.
using ConnectionId = std::uint32_t;

/// What happened outside: everything a session can be told. An input about a socket or connection that the
/// core has since closed is ignored, so an embedder never needs to ask.
namespace input {

// The application's wishes.
struct Join {};
struct Leave {};
/// A new name or metadata (a JSON text); an absent one stays as it is.
struct Update {
  std::optional<std::string> name;
  std::optional<std::string> meta;
};
/// Opens a slot towards every peer, now and later. Opening one that is open does nothing.
struct OpenSlot {
  Slot slot;
};
struct SetPresence {
  Presence presence;
};
/// Sends a text to one peer or, without `to`, to all, peer to peer and exactly once.
struct SendMessage {
  std::optional<std::string> to;
  std::string topic;
  std::string text;
};
/// This person has compared the string that is shown for a peer with the one that the peer sees.
struct Compared {
  std::string peer;
  bool same = false;
};
/// What `RecallKey` asked for; empty where nothing is known.
struct KeyRecalled {
  std::string peer;
  std::string key;
};
/// A newer token: for this stay, and for joins to come.
struct Renew {
  std::string token;
};
/// Something that only who moderates the room may do.
struct Moderate {
  Moderation wish;
};
/// Tries again now: one peer that was lost or, without `peer`, the socket and all that are not connected.
struct Retry {
  std::optional<std::string> peer;
};

// The network and the clock.
struct SocketOpened {
  SocketId socket = 0;
};
struct SocketMessage {
  SocketId socket = 0;
  std::string text;
};
struct SocketClosed {
  SocketId socket = 0;
  int code = 1006;
  std::string reason;
};
/// The browser says that the network changed or came back; worth a look before the next timeout.
struct NetworkChanged {};
struct Timeout {};

// RTCPeerConnection, by the core's handle of it.
struct NegotiationNeeded {
  ConnectionId connection = 0;
};
/// setLocalDescription() resolved; `slots` says which mid carries which slot that this side has bound.
struct LocalDescription {
  ConnectionId connection = 0;
  Description description;
  SlotMap slots;
};
struct LocalDescriptionFailed {
  ConnectionId connection = 0;
  std::string error;
};
struct RemoteDescriptionApplied {
  ConnectionId connection = 0;
};
struct RemoteDescriptionFailed {
  ConnectionId connection = 0;
  std::string error;
};
struct LocalCandidate {
  ConnectionId connection = 0;
  Candidate candidate;
};
struct CandidateFailed {
  ConnectionId connection = 0;
  std::string error;
};
struct SignalingStateChanged {
  ConnectionId connection = 0;
  SignalingState state = SignalingState::stable;
};
struct IceGatheringStateChanged {
  ConnectionId connection = 0;
  IceGatheringState state = IceGatheringState::fresh;
};
struct IceConnectionStateChanged {
  ConnectionId connection = 0;
  IceConnectionState state = IceConnectionState::fresh;
};
struct ConnectionStateChanged {
  ConnectionId connection = 0;
  PeerConnectionState state = PeerConnectionState::fresh;
};
struct TrackAdded {
  ConnectionId connection = 0;
  std::string mid;
  MediaKind kind = MediaKind::video;
};
/// The track of the receiver with this mid carries something: sound has come in, or a whole picture.
struct TrackFlows {
  ConnectionId connection = 0;
  std::string mid;
};

// The data channel of that connection.
struct ChannelOpened {
  ConnectionId connection = 0;
};
struct ChannelClosed {
  ConnectionId connection = 0;
};
struct ChannelMessage {
  ConnectionId connection = 0;
  std::string text;
};

}  // namespace input

using Input =
    std::variant<input::Join, input::Leave, input::Update, input::OpenSlot, input::SetPresence,
                 input::SendMessage, input::Compared, input::KeyRecalled, input::Renew, input::Moderate,
                 input::Retry, input::SocketOpened, input::SocketMessage, input::SocketClosed,
                 input::NetworkChanged, input::Timeout, input::NegotiationNeeded, input::LocalDescription,
                 input::LocalDescriptionFailed, input::RemoteDescriptionApplied,
                 input::RemoteDescriptionFailed, input::LocalCandidate, input::CandidateFailed,
                 input::SignalingStateChanged, input::IceGatheringStateChanged,
                 input::IceConnectionStateChanged, input::ConnectionStateChanged, input::TrackAdded,
                 input::TrackFlows, input::ChannelOpened, input::ChannelClosed, input::ChannelMessage>;

}  // namespace parley
