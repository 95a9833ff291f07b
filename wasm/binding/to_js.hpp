#pragma once

#include <emscripten/val.h>

#include <optional>
#include <string>
#include <vector>

#include "core/media.hpp"
#include "core/output.hpp"
#include "core/snapshot.hpp"
#include "core/state_names.hpp"

/// The core's types as JavaScript values, with the field names of W3C WebRTC and of binding/parley.d.ts.
namespace parley::binding {

using emscripten::val;

[[nodiscard]] inline val to_js(const std::string& text) {
  return val(text);
}
[[nodiscard]] inline val to_js(std::string_view text) {
  return val(std::string(text));
}
[[nodiscard]] inline val to_js(std::uint32_t number) {
  return val(number);
}
[[nodiscard]] inline val to_js(int number) {
  return val(number);
}
[[nodiscard]] inline val to_js(MediaKind kind) {
  return val(kind == MediaKind::audio ? "audio" : "video");
}
[[nodiscard]] inline val to_js(LinkState state) {
  return to_js(name(state));
}
[[nodiscard]] inline val to_js(Instant instant) {
  return val(static_cast<double>(instant.time_since_epoch().count()));
}

// Declared here, since a list of them is written by the template below.
[[nodiscard]] val to_js(const IceServer& server);
[[nodiscard]] val to_js(const StateChange& change);
[[nodiscard]] val to_js(const PeerSnapshot& peer);

template <class Value>
[[nodiscard]] val to_js(const std::vector<Value>& values) {
  val list = val::array();
  for (const Value& value : values) list.call<void>("push", to_js(value));
  return list;
}

template <class Value>
[[nodiscard]] val to_js(const std::optional<Value>& value) {
  return value ? to_js(*value) : val::null();
}

[[nodiscard]] inline val to_js(const Reason& reason) {
  val object = val::object();
  object.set("code", reason.code);
  object.set("message", reason.message);
  return object;
}

[[nodiscard]] inline val to_js(const Description& description) {
  val object = val::object();
  object.set("type", description.type == SdpType::offer ? "offer" : "answer");
  object.set("sdp", description.sdp);
  return object;
}

[[nodiscard]] inline val to_js(const Candidate& candidate) {
  val object = val::object();
  object.set("candidate", candidate.candidate);
  if (candidate.sdp_mid) object.set("sdpMid", *candidate.sdp_mid);
  if (candidate.sdp_m_line_index) object.set("sdpMLineIndex", static_cast<int>(*candidate.sdp_m_line_index));
  if (candidate.username_fragment) object.set("usernameFragment", *candidate.username_fragment);
  return object;
}

[[nodiscard]] inline val to_js(const Presence& presence) {
  val object = val::object();
  object.set("microphone", presence.microphone);
  object.set("camera", presence.camera);
  object.set("screen", presence.screen);
  return object;
}

[[nodiscard]] inline val to_js(const IceServer& server) {
  val object = val::object();
  object.set("urls", to_js(server.urls));
  if (!server.username.empty()) object.set("username", server.username);
  if (!server.credential.empty()) object.set("credential", server.credential);
  return object;
}

[[nodiscard]] inline val to_js(const PeerInfo& peer) {
  val object = val::object();
  object.set("id", peer.id);
  object.set("name", peer.name);
  object.set("meta", val::global("JSON").call<val>("parse", peer.meta));
  object.set("incarnation", peer.incarnation);
  object.set("dialect", peer.dialect);
  object.set("away", peer.away);
  return object;
}

[[nodiscard]] inline val to_js(const StateChange& change) {
  val object = val::object();
  object.set("at", to_js(change.at));
  object.set("field", change.field);
  object.set("value", change.value);
  return object;
}

[[nodiscard]] inline val to_js(const PeerSnapshot& peer) {
  val object = to_js(peer.info);
  object.set("state", to_js(peer.state));
  object.set("reason", to_js(peer.reason));
  object.set("connectionId", to_js(peer.connection));
  object.set("signaling", to_js(name(peer.signaling)));
  object.set("gathering", to_js(name(peer.gathering)));
  object.set("ice", to_js(name(peer.ice)));
  object.set("connection", to_js(name(peer.peer_connection)));
  object.set("channelOpen", peer.channel_open);
  object.set("iceRestarts", peer.ice_restarts);
  object.set("rebuilds", peer.rebuilds);
  object.set("presence", to_js(peer.presence));
  object.set("timeline", to_js(peer.timeline));
  return object;
}

[[nodiscard]] inline val to_js(const Snapshot& snapshot) {
  val object = val::object();
  object.set("state", to_js(snapshot.state));
  object.set("reason", to_js(snapshot.reason));
  object.set("room", snapshot.room);
  object.set("self", snapshot.self);
  object.set("incarnation", snapshot.incarnation);
  object.set("signaling", snapshot.signaling);
  object.set("peers", to_js(snapshot.peers));
  return object;
}

}  // namespace parley::binding
