#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "input.hpp"
#include "media.hpp"
#include "rules.hpp"
#include "short_string.hpp"
#include "states.hpp"
#include "time.hpp"

namespace parley {

/// RTCIceServer, as the host handed it out.
struct IceServer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;

  bool operator==(const IceServer&) const = default;
};

/// A remote member of the room, as the application sees it.
struct PeerInfo {
  std::string id;
  std::string name;
  std::string meta;  ///< a JSON text
  std::string incarnation;
  std::string dialect;
  bool away = false;
  /// Whether it offers first, where its protocol has a rule for that; nothing among Parley's own clients.
  std::optional<bool> offers{};
  /// Its media goes to the host, which makes HLS of it: there is no connection with it.
  bool streams = false;
  /// Who it is, of which the host has seen proof: the subject of its token. Empty where it has none.
  std::string identity{};
  bool moderator = false;

  /// It speaks another protocol than ours.
  [[nodiscard]] bool is_foreign() const { return dialect != "parley"; }

  bool operator==(const PeerInfo&) const = default;
};

/// A stable code and a sentence that says what to do.
struct Reason {
  std::string code;
  std::string message;

  bool operator==(const Reason&) const = default;
};

/// A Reason that is the same for everybody.
struct FixedReason {
  std::string_view code;
  std::string_view message;

  bool operator==(const FixedReason&) const = default;
};

/// What can be said of who is at the other end, and what to compare.
struct VerificationInfo {
  VerificationState state = VerificationState::pending;
  FixedReason reason{.code = "connecting", .message = "The connection is not there yet."};
  std::optional<ShortString> string{};  ///< once both ends have agreed on it

  bool operator==(const VerificationInfo&) const = default;
};

/// Somebody in the host's user directory.
struct User {
  std::string name;  ///< to call them by
  std::string id;
  bool in_call = false;  ///< in the list of users: they have a call that was accepted

  bool operator==(const User&) const = default;
};

/// The call by name that there is, or the last one and how it ended.
struct CallInfo {
  CallState state = CallState::idle;
  User with;
  std::string room;  ///< to be joined once the call is accepted
  Reason reason;     ///< how it ended, once that is so

  bool operator==(const CallInfo&) const = default;
};

/// One change of one of a connection's states, by the W3C attribute's name.
struct StateChange {
  Instant at;
  std::string field;
  std::string value;

  bool operator==(const StateChange&) const = default;
};

/// What to do now, in this order: of a Session and, where it is about sockets, users and calls, of a
/// Directory.
namespace output {

// The WebSocket.
struct OpenSocket {
  SocketId socket = 0;
  std::string url;
  std::string protocol;
};
struct SendSocket {
  SocketId socket = 0;
  std::string text;
};
struct CloseSocket {
  SocketId socket = 0;
  int code = 1000;
  std::string reason;
};

// RTCPeerConnection. Operations on one connection are performed in order, one at a time: the core waits for
// the result of a description before it asks for the next.
/// Create it with these ICE servers and one data channel (negotiated, id 0, ordered). One without a peer is
/// made ahead, for whoever comes next. Without `channel` it has no data channel. `bundle` is its
/// bundlePolicy.
struct CreatePeer {
  ConnectionId connection = 0;
  std::string peer;
  std::vector<IceServer> ice_servers;
  bool channel = true;
  BundlePolicy bundle = BundlePolicy::max_bundle;
};
/// A connection that was made ahead is this peer's from now on.
struct AssignPeer {
  ConnectionId connection = 0;
  std::string peer;
};
/// Add a transceiver (sendrecv) for this slot and remember it as the slot's.
struct AddSlot {
  ConnectionId connection = 0;
  Slot slot;
};
/// Use the transceiver with this mid, which the remote side opened, for the local slot of that name:
/// sendrecv, with the slot's track. One that was added for the slot before and has no mid becomes inactive,
/// not stopped: Chromium would want to negotiate that for ever.
struct BindSlot {
  ConnectionId connection = 0;
  std::string slot;
  std::string mid;
};
/// setLocalDescription() without an argument: an offer or an answer, as the signaling state says. A
/// `provisional` answer is set twice, first as an RTCSdpType "pranswer".
struct SetLocalDescription {
  ConnectionId connection = 0;
  bool provisional = false;
};
struct SetRemoteDescription {
  ConnectionId connection = 0;
  Description description;
};
struct AddCandidate {
  ConnectionId connection = 0;
  Candidate candidate;
};
/// setConfiguration(): they are used from the next gathering on.
struct SetIceServers {
  ConnectionId connection = 0;
  std::vector<IceServer> ice_servers;
};
struct RestartIce {
  ConnectionId connection = 0;
};
struct ClosePeer {
  ConnectionId connection = 0;
};
struct SendChannel {
  ConnectionId connection = 0;
  std::string text;
};

// Events for the application.
struct StateChanged {
  LinkState state = LinkState::connecting;
  Reason reason;
};
struct Joined {
  std::string self;
  std::string room;
};
struct PeerJoined {
  PeerInfo peer;
};
/// Also for away and back: the peer as it is now.
struct PeerUpdated {
  PeerInfo peer;
};
struct PeerLeft {
  std::string peer;
  std::string reason;
};
struct PeerStateChanged {
  std::string peer;
  LinkState state = LinkState::connecting;
  Reason reason;
};
/// Any state of the peer's connection is another: its W3C states, its data channel, repairs of it.
struct PeerTracked {
  std::string peer;
  StateChange change;
};
/// Remote media: the receiver of the transceiver with this mid carries this slot of the peer, from now on.
struct TrackStarted {
  std::string peer;
  std::string slot;
  MediaKind kind = MediaKind::video;
  ConnectionId connection = 0;
  std::string mid;
};
struct PresenceChanged {
  std::string peer;
  Presence presence;
};
struct MessageReceived {
  std::string peer;
  std::string topic;
  std::string text;
};
/// Until it is told, a peer's is pending.
struct VerificationChanged {
  std::string peer;
  VerificationInfo verification;
};
/// Look up which key this person has compared with whoever has this identity, and tell with `KeyRecalled`.
struct RecallKey {
  std::string peer;
  std::string identity;
};
/// Remember this key for that; an empty one: forget what there is.
struct RememberKey {
  std::string identity;
  std::string key;
};
/// So much is left of the token that lets us in. A `Renew` in time prolongs the stay.
struct TokenEnds {
  std::chrono::seconds left{};
};
struct RulesChanged {
  RoomRules rules;
};
/// Whether we moderate the room, from now on.
struct RoleChanged {
  bool moderator = false;
};
/// Told only to who moderates.
struct LobbyChanged {
  Lobby lobby;
};
/// Somebody who moderates asks us to close this slot: microphone, camera or screen. `by` is empty where an
/// application of the host's asks.
struct Asked {
  std::string what;
  std::string by;
};
/// Everybody else who is online.
struct UsersChanged {
  std::vector<User> users;
};
struct CallChanged {
  CallInfo call;
};
/// Something went wrong; `peer`, or the name of a user, is empty where it concerns nobody in particular.
struct ErrorRaised {
  std::string peer;
  Reason reason;
};

}  // namespace output

using Output =
    std::variant<output::OpenSocket, output::SendSocket, output::CloseSocket, output::CreatePeer,
                 output::AssignPeer, output::AddSlot, output::BindSlot, output::SetLocalDescription,
                 output::SetRemoteDescription, output::AddCandidate, output::SetIceServers,
                 output::RestartIce, output::ClosePeer, output::SendChannel, output::StateChanged,
                 output::Joined, output::PeerJoined, output::PeerUpdated, output::PeerLeft,
                 output::PeerStateChanged, output::PeerTracked, output::TrackStarted, output::PresenceChanged,
                 output::MessageReceived, output::VerificationChanged, output::RecallKey, output::RememberKey,
                 output::TokenEnds, output::RulesChanged, output::RoleChanged, output::LobbyChanged,
                 output::Asked, output::ErrorRaised, output::UsersChanged, output::CallChanged>;

}  // namespace parley
