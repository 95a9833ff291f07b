#pragma once

#include <emscripten/bind.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json.hpp"
#include "core/output.hpp"
#include "to_json.hpp"

extern "C" {
void parley_register_handler(const char* type, const char* methods);
void parley_perform(emscripten::EM_VAL handler, const char* method, emscripten::internal::Text arguments);
}

namespace parley::binding {

/// The JavaScript object whose methods are called for what the core says.
class Handler {
 public:
  explicit Handler(emscripten::val object) : object_(std::move(object)) {}

  void perform(const output::OpenSocket& o) const {
    call("openSocket", JsonArray().number(o.socket).string(o.url).string(o.protocol));
  }
  void perform(const output::SendSocket& o) const {
    call("sendSocket", JsonArray().number(o.socket).string(o.text));
  }
  void perform(const output::CloseSocket& o) const {
    call("closeSocket",
         JsonArray().number(o.socket).number(static_cast<std::uint64_t>(o.code)).string(o.reason));
  }
  void perform(const output::CreatePeer& o) const {
    call("createPeer", JsonArray()
                           .number(o.connection)
                           .string(o.peer)
                           .json(to_json(o.ice_servers))
                           .boolean(o.channel)
                           .string(name(o.bundle)));
  }
  void perform(const output::AssignPeer& o) const {
    call("assignPeer", JsonArray().number(o.connection).string(o.peer));
  }
  void perform(const output::AddSlot& o) const {
    call("addSlot", JsonArray().number(o.connection).string(o.slot.name).string(name(o.slot.kind)));
  }
  void perform(const output::BindSlot& o) const {
    call("bindSlot", JsonArray().number(o.connection).string(o.slot).string(o.mid));
  }
  void perform(const output::SetLocalDescription& o) const {
    call("setLocalDescription", JsonArray().number(o.connection).boolean(o.provisional));
  }
  void perform(const output::SetRemoteDescription& o) const {
    call("setRemoteDescription", JsonArray().number(o.connection).json(to_json(o.description)));
  }
  void perform(const output::AddCandidate& o) const {
    call("addCandidate", JsonArray().number(o.connection).json(to_json(o.candidate)));
  }
  void perform(const output::SetIceServers& o) const {
    call("setIceServers", JsonArray().number(o.connection).json(to_json(o.ice_servers)));
  }
  void perform(const output::RestartIce& o) const { call("restartIce", JsonArray().number(o.connection)); }
  void perform(const output::ClosePeer& o) const { call("closePeer", JsonArray().number(o.connection)); }
  void perform(const output::SendChannel& o) const {
    call("sendChannel", JsonArray().number(o.connection).string(o.text));
  }
  void perform(const output::StateChanged& o) const {
    call("stateChanged", JsonArray().string(name(o.state)).json(to_json(o.reason)));
  }
  void perform(const output::Joined& o) const { call("joined", JsonArray().string(o.self).string(o.room)); }
  void perform(const output::PeerJoined& o) const { call("peerJoined", JsonArray().json(to_json(o.peer))); }
  void perform(const output::PeerUpdated& o) const { call("peerUpdated", JsonArray().json(to_json(o.peer))); }
  void perform(const output::PeerLeft& o) const {
    call("peerLeft", JsonArray().string(o.peer).string(o.reason));
  }
  void perform(const output::PeerStateChanged& o) const {
    call("peerStateChanged", JsonArray().string(o.peer).string(name(o.state)).json(to_json(o.reason)));
  }
  void perform(const output::PeerTracked& o) const {
    call("peerTracked", JsonArray().string(o.peer).json(to_json(o.change)));
  }
  void perform(const output::TrackStarted& o) const {
    call("trackStarted",
         JsonArray().string(o.peer).string(o.slot).string(name(o.kind)).number(o.connection).string(o.mid));
  }
  void perform(const output::PresenceChanged& o) const {
    call("presenceChanged", JsonArray().string(o.peer).json(to_json(o.presence)));
  }
  void perform(const output::MessageReceived& o) const {
    call("messageReceived", JsonArray().string(o.peer).string(o.topic).string(o.text));
  }
  void perform(const output::VerificationChanged& o) const {
    call("verificationChanged", JsonArray().string(o.peer).json(to_json(o.verification)));
  }
  void perform(const output::RecallKey& o) const {
    call("recallKey", JsonArray().string(o.peer).string(o.identity));
  }
  void perform(const output::RememberKey& o) const {
    call("rememberKey", JsonArray().string(o.identity).string(o.key));
  }
  void perform(const output::TokenEnds& o) const {
    call("tokenEnds", JsonArray().number(static_cast<std::uint64_t>(o.left.count())));
  }
  void perform(const output::RulesChanged& o) const {
    call("rulesChanged", JsonArray().json(to_json(o.rules)));
  }
  void perform(const output::RoleChanged& o) const { call("roleChanged", JsonArray().boolean(o.moderator)); }
  void perform(const output::LobbyChanged& o) const {
    call("lobbyChanged", JsonArray().json(to_json(o.lobby)));
  }
  void perform(const output::Asked& o) const { call("asked", JsonArray().string(o.what).string(o.by)); }
  void perform(const output::ErrorRaised& o) const {
    call("errorRaised", JsonArray().string(o.peer).json(to_json(o.reason)));
  }
  void perform(const output::UsersChanged& o) const {
    call("usersChanged", JsonArray().json(to_json(o.users)));
  }
  void perform(const output::CallChanged& o) const { call("callChanged", JsonArray().json(to_json(o.call))); }

  void wake_at(std::optional<Instant> when) const {
    call("wakeAt", JsonArray().json(when ? std::to_string(milliseconds(*when)) : "null"));
  }

 private:
  void call(const char* method, JsonArray& arguments) const {
    const auto text = emscripten::internal::BindingType<std::string>::toWireType(arguments.take());
    parley_perform(object_.as_handle(), method, text);
    free(text);
  }

  emscripten::val object_;
};

}  // namespace parley::binding
