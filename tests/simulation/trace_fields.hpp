#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/input.hpp"
#include "core/output.hpp"
#include "core/session.hpp"

/// The members of everything that goes into and comes out of a session, each once: `each(value, field)` calls
/// `field(name, member)` for every member. Reading and writing both follow from it.
namespace parley::simulation::trace {

inline constexpr std::array input_names = std::to_array<std::string_view>({"Join",
                                                                           "Leave",
                                                                           "Update",
                                                                           "OpenSlot",
                                                                           "SetPresence",
                                                                           "SendMessage",
                                                                           "Compared",
                                                                           "KeyRecalled",
                                                                           "Renew",
                                                                           "Moderate",
                                                                           "Retry",
                                                                           "SocketOpened",
                                                                           "SocketMessage",
                                                                           "SocketClosed",
                                                                           "NetworkChanged",
                                                                           "Timeout",
                                                                           "NegotiationNeeded",
                                                                           "LocalDescription",
                                                                           "LocalDescriptionFailed",
                                                                           "RemoteDescriptionApplied",
                                                                           "RemoteDescriptionFailed",
                                                                           "LocalCandidate",
                                                                           "CandidateFailed",
                                                                           "SignalingStateChanged",
                                                                           "IceGatheringStateChanged",
                                                                           "IceConnectionStateChanged",
                                                                           "ConnectionStateChanged",
                                                                           "TrackAdded",
                                                                           "TrackFlows",
                                                                           "ChannelOpened",
                                                                           "ChannelClosed",
                                                                           "ChannelMessage"});
static_assert(input_names.size() == std::variant_size_v<Input>);

inline constexpr std::array output_names = std::to_array<std::string_view>({"OpenSocket",
                                                                            "SendSocket",
                                                                            "CloseSocket",
                                                                            "CreatePeer",
                                                                            "AssignPeer",
                                                                            "AddSlot",
                                                                            "BindSlot",
                                                                            "SetLocalDescription",
                                                                            "SetRemoteDescription",
                                                                            "AddCandidate",
                                                                            "SetIceServers",
                                                                            "RestartIce",
                                                                            "ClosePeer",
                                                                            "SendChannel",
                                                                            "StateChanged",
                                                                            "Joined",
                                                                            "PeerJoined",
                                                                            "PeerUpdated",
                                                                            "PeerLeft",
                                                                            "PeerStateChanged",
                                                                            "PeerTracked",
                                                                            "TrackStarted",
                                                                            "PresenceChanged",
                                                                            "MessageReceived",
                                                                            "VerificationChanged",
                                                                            "RecallKey",
                                                                            "RememberKey",
                                                                            "TokenEnds",
                                                                            "RulesChanged",
                                                                            "RoleChanged",
                                                                            "LobbyChanged",
                                                                            "Asked",
                                                                            "ErrorRaised",
                                                                            "UsersChanged",
                                                                            "CallChanged"});
static_assert(output_names.size() == std::variant_size_v<Output>);

/// Const or not: `each` serves the writer and the reader.
template <class Value, class... Structs>
concept Any = (std::same_as<std::remove_const_t<Value>, Structs> || ...);

void each(Any<Config> auto& config, auto&& field) {
  field("url", config.url);
  field("room", config.room);
  field("name", config.name);
  field("meta", config.meta);
  field("peer", config.peer);
  field("token", config.token);
  field("slots", config.slots);
  field("iceServers", config.ice_servers);
  field("secret", config.secret);
  field("former", config.former);
  field("entropy", config.entropy);
  field("seed", config.seed);
}

// Parts.
void each(Any<Slot> auto& slot, auto&& field) {
  field("name", slot.name);
  field("kind", slot.kind);
}
void each(Any<Presence> auto& presence, auto&& field) {
  field("microphone", presence.microphone);
  field("camera", presence.camera);
  field("screen", presence.screen);
}
void each(Any<Description> auto& description, auto&& field) {
  field("type", description.type);
  field("sdp", description.sdp);
}
void each(Any<Candidate> auto& candidate, auto&& field) {
  field("candidate", candidate.candidate);
  field("sdpMid", candidate.sdp_mid);
  field("sdpMLineIndex", candidate.sdp_m_line_index);
  field("usernameFragment", candidate.username_fragment);
}
void each(Any<IceServer> auto& server, auto&& field) {
  field("urls", server.urls);
  field("username", server.username);
  field("credential", server.credential);
}
void each(Any<PeerInfo> auto& peer, auto&& field) {
  field("id", peer.id);
  field("name", peer.name);
  field("meta", peer.meta);
  field("incarnation", peer.incarnation);
  field("dialect", peer.dialect);
  field("away", peer.away);
  field("offers", peer.offers);
  field("streams", peer.streams);
  field("identity", peer.identity);
  field("moderator", peer.moderator);
}
void each(Any<RoomRules> auto& rules, auto&& field) {
  field("locked", rules.locked);
  field("private", rules.is_private);
  field("waitingRoom", rules.waiting_room);
  field("share", rules.share);
  field("chat", rules.chat);
  field("members", rules.members);
  field("ends", rules.ends);
}
void each(Any<RuleChange> auto& change, auto&& field) {
  field("locked", change.locked);
  field("private", change.is_private);
  field("waitingRoom", change.waiting_room);
  field("share", change.share);
  field("chat", change.chat);
  field("members", change.members);
  field("endsIn", change.ends_in);
}
void each(Any<Moderation> auto& wish, auto&& field) {
  field("action", wish.action);
  field("id", wish.id);
  field("what", wish.what);
  field("rules", wish.rules);
}
void each(Any<Lobby::Guest> auto& guest, auto&& field) {
  field("id", guest.id);
  field("name", guest.name);
  field("identity", guest.identity);
  field("dialect", guest.dialect);
}
void each(Any<Lobby> auto& lobby, auto&& field) {
  field("waiting", lobby.waiting);
  field("removed", lobby.removed);
}
void each(Any<Reason> auto& reason, auto&& field) {
  field("code", reason.code);
  field("message", reason.message);
}
void each(Any<ShortString> auto& string, auto&& field) {
  field("emoji", string.emoji);
  field("number", string.number);
}
void each(Any<FixedReason> auto& reason, auto&& field) {
  field("code", reason.code);
  field("message", reason.message);
}
void each(Any<VerificationInfo> auto& info, auto&& field) {
  field("state", info.state);
  field("reason", info.reason);
  field("string", info.string);
}
void each(Any<User> auto& user, auto&& field) {
  field("name", user.name);
  field("id", user.id);
  field("in_call", user.in_call);
}
void each(Any<CallInfo> auto& call, auto&& field) {
  field("state", call.state);
  field("with", call.with);
  field("room", call.room);
  field("reason", call.reason);
}
void each(Any<StateChange> auto& change, auto&& field) {
  field("at", change.at);
  field("field", change.field);
  field("value", change.value);
}

// Inputs.
void each(Any<input::Join, input::Leave, input::NetworkChanged, input::Timeout> auto&, auto&&) {}
void each(Any<input::Update> auto& update, auto&& field) {
  field("name", update.name);
  field("meta", update.meta);
}
void each(Any<input::OpenSlot> auto& open, auto&& field) {
  field("slot", open.slot);
}
void each(Any<input::SetPresence> auto& set, auto&& field) {
  field("presence", set.presence);
}
void each(Any<input::SendMessage> auto& message, auto&& field) {
  field("to", message.to);
  field("topic", message.topic);
  field("text", message.text);
}
void each(Any<input::Compared> auto& compared, auto&& field) {
  field("peer", compared.peer);
  field("same", compared.same);
}
void each(Any<input::KeyRecalled> auto& recalled, auto&& field) {
  field("peer", recalled.peer);
  field("key", recalled.key);
}
void each(Any<input::Renew> auto& renew, auto&& field) {
  field("token", renew.token);
}
void each(Any<input::Moderate> auto& moderate, auto&& field) {
  field("wish", moderate.wish);
}
void each(Any<input::Retry> auto& retry, auto&& field) {
  field("peer", retry.peer);
}
void each(Any<input::SocketOpened> auto& opened, auto&& field) {
  field("socket", opened.socket);
}
void each(Any<input::SocketMessage, output::SendSocket> auto& message, auto&& field) {
  field("socket", message.socket);
  field("text", message.text);
}
void each(Any<input::SocketClosed, output::CloseSocket> auto& closed, auto&& field) {
  field("socket", closed.socket);
  field("code", closed.code);
  field("reason", closed.reason);
}
void each(Any<input::NegotiationNeeded, input::RemoteDescriptionApplied, input::ChannelOpened,
              input::ChannelClosed, output::RestartIce, output::ClosePeer> auto& on,
          auto&& field) {
  field("connection", on.connection);
}
void each(Any<output::SetLocalDescription> auto& set, auto&& field) {
  field("connection", set.connection);
  field("provisional", set.provisional);
}
void each(Any<input::LocalDescription> auto& local, auto&& field) {
  field("connection", local.connection);
  field("description", local.description);
  field("slots", local.slots);
}
void each(
    Any<input::LocalDescriptionFailed, input::RemoteDescriptionFailed, input::CandidateFailed> auto& failure,
    auto&& field) {
  field("connection", failure.connection);
  field("error", failure.error);
}
void each(Any<input::LocalCandidate, output::AddCandidate> auto& gathered, auto&& field) {
  field("connection", gathered.connection);
  field("candidate", gathered.candidate);
}
void each(Any<input::SignalingStateChanged, input::IceGatheringStateChanged, input::IceConnectionStateChanged,
              input::ConnectionStateChanged> auto& change,
          auto&& field) {
  field("connection", change.connection);
  field("state", change.state);
}
void each(Any<input::TrackAdded> auto& track, auto&& field) {
  field("connection", track.connection);
  field("mid", track.mid);
  field("kind", track.kind);
}
void each(Any<input::TrackFlows> auto& track, auto&& field) {
  field("connection", track.connection);
  field("mid", track.mid);
}
void each(Any<input::ChannelMessage, output::SendChannel> auto& message, auto&& field) {
  field("connection", message.connection);
  field("text", message.text);
}

// Outputs.
void each(Any<output::OpenSocket> auto& open, auto&& field) {
  field("socket", open.socket);
  field("url", open.url);
  field("protocol", open.protocol);
}
void each(Any<output::CreatePeer> auto& create, auto&& field) {
  field("connection", create.connection);
  field("peer", create.peer);
  field("iceServers", create.ice_servers);
  field("channel", create.channel);
  field("bundle", create.bundle);
}
void each(Any<output::SetIceServers> auto& set, auto&& field) {
  field("connection", set.connection);
  field("iceServers", set.ice_servers);
}
void each(Any<output::AssignPeer> auto& assign, auto&& field) {
  field("connection", assign.connection);
  field("peer", assign.peer);
}
void each(Any<output::AddSlot> auto& add, auto&& field) {
  field("connection", add.connection);
  field("slot", add.slot);
}
void each(Any<output::BindSlot> auto& bind, auto&& field) {
  field("connection", bind.connection);
  field("slot", bind.slot);
  field("mid", bind.mid);
}
void each(Any<output::SetRemoteDescription> auto& set, auto&& field) {
  field("connection", set.connection);
  field("description", set.description);
}
void each(Any<output::StateChanged> auto& change, auto&& field) {
  field("state", change.state);
  field("reason", change.reason);
}
void each(Any<output::Joined> auto& joined, auto&& field) {
  field("self", joined.self);
  field("room", joined.room);
}
void each(Any<output::PeerJoined, output::PeerUpdated> auto& change, auto&& field) {
  field("peer", change.peer);
}
void each(Any<output::PeerLeft> auto& left, auto&& field) {
  field("peer", left.peer);
  field("reason", left.reason);
}
void each(Any<output::PeerStateChanged> auto& change, auto&& field) {
  field("peer", change.peer);
  field("state", change.state);
  field("reason", change.reason);
}
void each(Any<output::PeerTracked> auto& tracked, auto&& field) {
  field("peer", tracked.peer);
  field("change", tracked.change);
}
void each(Any<output::TrackStarted> auto& track, auto&& field) {
  field("peer", track.peer);
  field("slot", track.slot);
  field("kind", track.kind);
  field("connection", track.connection);
  field("mid", track.mid);
}
void each(Any<output::PresenceChanged> auto& change, auto&& field) {
  field("peer", change.peer);
  field("presence", change.presence);
}
void each(Any<output::MessageReceived> auto& message, auto&& field) {
  field("peer", message.peer);
  field("topic", message.topic);
  field("text", message.text);
}
void each(Any<output::VerificationChanged> auto& change, auto&& field) {
  field("peer", change.peer);
  field("verification", change.verification);
}
void each(Any<output::RecallKey> auto& recall, auto&& field) {
  field("peer", recall.peer);
  field("identity", recall.identity);
}
void each(Any<output::RememberKey> auto& remember, auto&& field) {
  field("identity", remember.identity);
  field("key", remember.key);
}
void each(Any<output::UsersChanged> auto& change, auto&& field) {
  field("users", change.users);
}
void each(Any<output::CallChanged> auto& change, auto&& field) {
  field("call", change.call);
}
void each(Any<output::TokenEnds> auto& ends, auto&& field) {
  field("left", ends.left);
}
void each(Any<output::RulesChanged> auto& change, auto&& field) {
  field("rules", change.rules);
}
void each(Any<output::RoleChanged> auto& change, auto&& field) {
  field("moderator", change.moderator);
}
void each(Any<output::LobbyChanged> auto& change, auto&& field) {
  field("lobby", change.lobby);
}
void each(Any<output::Asked> auto& asked, auto&& field) {
  field("what", asked.what);
  field("by", asked.by);
}
void each(Any<output::ErrorRaised> auto& error, auto&& field) {
  field("peer", error.peer);
  field("reason", error.reason);
}

}  // namespace parley::simulation::trace
