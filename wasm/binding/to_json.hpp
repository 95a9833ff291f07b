#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/directory.hpp"
#include "core/json.hpp"
#include "core/media.hpp"
#include "core/output.hpp"
#include "core/rules.hpp"
#include "core/short_string.hpp"
#include "core/snapshot.hpp"
#include "core/state_names.hpp"

/// The core's types as JSON, with the field names of W3C WebRTC and of binding/parley.d.ts. One text for all
/// of an output is the cheapest way across: JavaScript reads it at once, where each value would be a call of
/// its own.
namespace parley::binding {

[[nodiscard]] inline std::string_view name(MediaKind kind) {
  return kind == MediaKind::audio ? "audio" : "video";
}

[[nodiscard]] inline std::uint64_t milliseconds(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

[[nodiscard]] inline std::string to_json(const Reason& reason) {
  return JsonObject().string("code", reason.code).string("message", reason.message).take();
}

[[nodiscard]] inline std::string to_json(const Description& description) {
  return JsonObject()
      .string("type", description.type == SdpType::offer ? "offer" : "answer")
      .string("sdp", description.sdp)
      .take();
}

[[nodiscard]] inline std::string to_json(const Candidate& candidate) {
  JsonObject json;
  json.string("candidate", candidate.candidate);
  if (candidate.sdp_mid) json.string("sdpMid", *candidate.sdp_mid);
  if (candidate.sdp_m_line_index) json.number("sdpMLineIndex", *candidate.sdp_m_line_index);
  if (candidate.username_fragment) json.string("usernameFragment", *candidate.username_fragment);
  return json.take();
}

[[nodiscard]] inline std::string to_json(const Presence& presence) {
  return JsonObject()
      .boolean("microphone", presence.microphone)
      .boolean("camera", presence.camera)
      .boolean("screen", presence.screen)
      .take();
}

[[nodiscard]] inline std::string to_json(const StateChange& change) {
  return JsonObject()
      .number("at", milliseconds(change.at))
      .string("field", change.field)
      .string("value", change.value)
      .take();
}

[[nodiscard]] inline std::string to_json(const IceServer& server) {
  JsonArray urls;
  for (const std::string& url : server.urls) urls.string(url);
  JsonObject json;
  json.json("urls", urls.take());
  if (!server.username.empty()) json.string("username", server.username);
  if (!server.credential.empty()) json.string("credential", server.credential);
  return json.take();
}

inline void write(JsonObject& json, const PeerInfo& peer) {
  json.string("id", peer.id)
      .string("name", peer.name)
      .json("meta", peer.meta)
      .string("incarnation", peer.incarnation)
      .string("dialect", peer.dialect)
      .boolean("away", peer.away)
      .boolean("streams", peer.streams)
      .string("identity", peer.identity)
      .boolean("moderator", peer.moderator);
}

[[nodiscard]] inline std::string to_json(const PeerInfo& peer) {
  JsonObject json;
  write(json, peer);
  return json.take();
}

[[nodiscard]] inline std::string_view name(Whom whom) {
  return whom == Whom::moderators ? "moderators" : "everybody";
}

[[nodiscard]] inline std::string to_json(const RoomRules& rules) {
  return JsonObject()
      .boolean("locked", rules.locked)
      .boolean("private", rules.is_private)
      .boolean("waitingRoom", rules.waiting_room)
      .string("share", name(rules.share))
      .string("chat", name(rules.chat))
      .number("members", rules.members)
      .json("ends", rules.ends ? std::to_string(milliseconds(*rules.ends)) : "null")
      .take();
}

[[nodiscard]] inline std::string to_json(const Lobby::Guest& guest) {
  return JsonObject()
      .string("id", guest.id)
      .string("name", guest.name)
      .string("identity", guest.identity)
      .string("dialect", guest.dialect)
      .take();
}

[[nodiscard]] inline std::string to_json(const User& user) {
  return JsonObject().string("name", user.name).string("id", user.id).boolean("inCall", user.in_call).take();
}

[[nodiscard]] inline std::string to_json(const CallInfo& call) {
  return JsonObject()
      .string("state", name(call.state))
      .string("name", call.with.name)
      .string("id", call.with.id)
      .string("room", call.room)
      .json("reason", to_json(call.reason))
      .take();
}

[[nodiscard]] inline std::string to_json(const VerificationInfo& verification) {
  JsonArray pictures;
  if (verification.string) {
    for (const std::uint8_t index : verification.string->emoji) {
      const Emoji emoji = emoji_at(index);
      pictures.json(JsonObject().string("symbol", emoji.symbol).string("name", emoji.name).take());
    }
  }
  return JsonObject()
      .string("state", name(verification.state))
      .json("reason", JsonObject()
                          .string("code", verification.reason.code)
                          .string("message", verification.reason.message)
                          .take())
      .json("emoji", pictures.take())
      .string("digits", verification.string ? six_digits(verification.string->number) : "")
      .take();
}

[[nodiscard]] std::string to_json(const PeerSnapshot& peer);

template <class Value>
[[nodiscard]] std::string to_json(const std::vector<Value>& values) {
  JsonArray json;
  for (const Value& value : values) json.json(to_json(value));
  return json.take();
}

[[nodiscard]] inline std::string to_json(const Lobby& lobby) {
  return JsonObject().json("waiting", to_json(lobby.waiting)).json("removed", to_json(lobby.removed)).take();
}

inline std::string to_json(const PeerSnapshot& peer) {
  JsonObject json;
  write(json, peer.info);
  return json.string("state", name(peer.state))
      .json("reason", to_json(peer.reason))
      .json("connectionId", peer.connection ? std::to_string(*peer.connection) : "null")
      .string("signaling", name(peer.signaling))
      .string("gathering", name(peer.gathering))
      .string("ice", name(peer.ice))
      .string("connection", name(peer.peer_connection))
      .boolean("channelOpen", peer.channel_open)
      .number("iceRestarts", static_cast<std::uint64_t>(peer.ice_restarts))
      .number("rebuilds", static_cast<std::uint64_t>(peer.rebuilds))
      .json("presence", to_json(peer.presence))
      .json("verification", to_json(peer.verification))
      .json("timeline", to_json(peer.timeline))
      .take();
}

[[nodiscard]] inline std::string to_json(const Snapshot& snapshot) {
  return JsonObject()
      .string("state", name(snapshot.state))
      .json("reason", to_json(snapshot.reason))
      .string("room", snapshot.room)
      .string("self", snapshot.self)
      .string("incarnation", snapshot.incarnation)
      .string("signaling", snapshot.signaling)
      .boolean("moderator", snapshot.moderator)
      .json("rules", to_json(snapshot.rules))
      .json("lobby", to_json(snapshot.lobby))
      .json("peers", to_json(snapshot.peers))
      .take();
}

[[nodiscard]] inline std::string to_json(const DirectorySnapshot& snapshot) {
  return JsonObject()
      .string("state", name(snapshot.state))
      .json("reason", to_json(snapshot.reason))
      .string("name", snapshot.name)
      .string("id", snapshot.id)
      .string("signaling", snapshot.signaling)
      .json("users", to_json(snapshot.users))
      .json("call", to_json(snapshot.call))
      .take();
}

}  // namespace parley::binding
