// The core as JavaScript sees it (parley.d.ts is its reference): one typed method for each input, and one
// handler object whose methods are called for the outputs, in order, before the method returns.

#include <emscripten.h>
#include <emscripten/bind.h>

#include <array>
#include <memory>
#include <utility>

#include "core/overloaded.hpp"
#include "core/session.hpp"
#include "from_js.hpp"
#include "to_js.hpp"

// clang-format off
// What a handler throws is reported as uncaught and goes no further: it must not pass through the core's frames.
EM_JS(void, parley_dispatch, (emscripten::EM_VAL handler, const char* method, emscripten::EM_VAL args), {
  const target = Emval.toValue(handler);
  try {
    target[UTF8ToString(method)].apply(target, Emval.toValue(args));
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else console.error(error);
  }
});

// Embind's own complaints, a wrong number of arguments for one, are TypeErrors as well.
EM_JS(void, parley_complain_with_type_errors, (), {
  Object.setPrototypeOf(Module["BindingError"].prototype, TypeError.prototype);
});
// clang-format on

namespace parley::binding {
namespace {

constexpr std::array handler_methods{
    "openSocket",
    "sendSocket",
    "closeSocket",
    "createPeer",
    "addSlot",
    "bindSlot",
    "setLocalDescription",
    "addCandidate",
    "restartIce",
    "closePeer",
    "sendChannel",
    "stateChanged",
    "setRemoteDescription",
    "joined",
    "peerJoined",
    "peerUpdated",
    "peerLeft",
    "peerStateChanged",
    "trackStarted",
    "errorRaised",
    "messageReceived",
    "presenceChanged",
    "peerTracked",
    "wakeAt",
};

constexpr std::array signaling_states{SignalingState::stable, SignalingState::have_local_offer,
                                      SignalingState::have_remote_offer, SignalingState::closed};
constexpr std::array gathering_states{IceGatheringState::fresh, IceGatheringState::gathering,
                                      IceGatheringState::complete};
constexpr std::array ice_states{IceConnectionState::fresh,        IceConnectionState::checking,
                                IceConnectionState::connected,    IceConnectionState::completed,
                                IceConnectionState::disconnected, IceConnectionState::failed,
                                IceConnectionState::closed};
constexpr std::array connection_states{PeerConnectionState::fresh,     PeerConnectionState::connecting,
                                       PeerConnectionState::connected, PeerConnectionState::disconnected,
                                       PeerConnectionState::failed,    PeerConnectionState::closed};

/// The session and its handler: shared, so that a handler may delete the JavaScript object while it is
/// called.
class Driver {
 public:
  Driver(Config config, val handler) : session_(std::move(config)), handler_(std::move(handler)) {}

  /// Tells the session, then has done what it says. A handler that comes back with the next input is told in
  /// turn.
  void handle(const Input& input, Instant now) {
    session_.handle(input, now);
    if (draining_) return;
    draining_ = true;
    while (const auto output = session_.poll()) {
      std::visit([this](const auto& alternative) { perform(alternative); }, *output);
    }
    draining_ = false;
    // A timer may come a little early: after one, the embedder is always told when to come again.
    const bool woken = std::holds_alternative<input::Timeout>(input);
    if (const auto next = session_.next_timeout(); woken || next != wake_at_) {
      wake_at_ = next;
      call("wakeAt", to_js(next));
    }
  }

  [[nodiscard]] val snapshot() const { return to_js(session_.snapshot()); }

 private:
  template <class... Arguments>
  void call(const char* method, const Arguments&... arguments) const {
    val list = val::array();
    (list.call<void>("push", arguments), ...);
    parley_dispatch(handler_.as_handle(), method, list.as_handle());
  }

  void perform(const output::OpenSocket& o) const { call("openSocket", o.socket, o.url, o.protocol); }
  void perform(const output::SendSocket& o) const { call("sendSocket", o.socket, o.text); }
  void perform(const output::CloseSocket& o) const { call("closeSocket", o.socket, o.code, o.reason); }
  void perform(const output::CreatePeer& o) const {
    call("createPeer", o.connection, o.peer, to_js(o.ice_servers));
  }
  void perform(const output::AddSlot& o) const {
    call("addSlot", o.connection, o.slot.name, to_js(o.slot.kind));
  }
  void perform(const output::BindSlot& o) const { call("bindSlot", o.connection, o.slot, o.mid); }
  void perform(const output::SetLocalDescription& o) const { call("setLocalDescription", o.connection); }
  void perform(const output::SetRemoteDescription& o) const {
    call("setRemoteDescription", o.connection, to_js(o.description));
  }
  void perform(const output::AddCandidate& o) const {
    call("addCandidate", o.connection, to_js(o.candidate));
  }
  void perform(const output::RestartIce& o) const { call("restartIce", o.connection); }
  void perform(const output::ClosePeer& o) const { call("closePeer", o.connection); }
  void perform(const output::SendChannel& o) const { call("sendChannel", o.connection, o.text); }
  void perform(const output::StateChanged& o) const { call("stateChanged", to_js(o.state), to_js(o.reason)); }
  void perform(const output::Joined& o) const { call("joined", o.self, o.room); }
  void perform(const output::PeerJoined& o) const { call("peerJoined", to_js(o.peer)); }
  void perform(const output::PeerUpdated& o) const { call("peerUpdated", to_js(o.peer)); }
  void perform(const output::PeerLeft& o) const { call("peerLeft", o.peer, o.reason); }
  void perform(const output::PeerStateChanged& o) const {
    call("peerStateChanged", o.peer, to_js(o.state), to_js(o.reason));
  }
  void perform(const output::PeerTracked& o) const { call("peerTracked", o.peer, to_js(o.change)); }
  void perform(const output::TrackStarted& o) const {
    call("trackStarted", o.peer, o.slot, to_js(o.kind), o.connection, o.mid);
  }
  void perform(const output::PresenceChanged& o) const { call("presenceChanged", o.peer, to_js(o.presence)); }
  void perform(const output::MessageReceived& o) const { call("messageReceived", o.peer, o.topic, o.text); }
  void perform(const output::ErrorRaised& o) const { call("errorRaised", o.peer, to_js(o.reason)); }

  Session session_;
  val handler_;
  bool draining_ = false;
  std::optional<Instant> wake_at_;
};

class SessionBinding {
 public:
  SessionBinding(const val& config, const val& handler) {
    expect_object(handler, "handler");
    for (const char* method : handler_methods) {
      if (handler[method].typeOf().as<std::string>() != "function") {
        throw_type_error(std::string("handler.") + method, "a function");
      }
    }
    driver_ = std::make_shared<Driver>(read_config(config), handler);
  }

  void join(const val& now) { handle(input::Join{}, now); }
  void leave(const val& now) { handle(input::Leave{}, now); }
  void update(const val& now, const val& change) {
    expect_object(change, "change");
    input::Update update{.name = read_optional_string(change["name"], "change.name"), .meta = std::nullopt};
    if (const val meta = change["meta"]; !meta.isUndefined()) update.meta = read_json(meta, "change.meta");
    handle(update, now);
  }
  void open_slot(const val& now, const val& slot) { handle(input::OpenSlot{.slot = read_slot(slot)}, now); }
  void set_presence(const val& now, const val& presence) {
    handle(input::SetPresence{.presence = read_presence(presence)}, now);
  }
  void send_message(const val& now, const val& to, const val& topic, const val& text) {
    handle(input::SendMessage{.to = read_optional_string(to, "to"),
                              .topic = read_string(topic, "topic"),
                              .text = read_string(text, "text")},
           now);
  }
  void retry(const val& now, const val& peer) {
    handle(input::Retry{.peer = read_optional_string(peer, "peer")}, now);
  }

  void socket_opened(const val& now, const val& socket) {
    handle(input::SocketOpened{.socket = id(socket)}, now);
  }
  void socket_message(const val& now, const val& socket, const val& text) {
    // What a server sends is no mistake of the caller's: too much of it is not taken, and nothing is thrown.
    if (text.isString() && text["length"].as<double>() > static_cast<double>(limits.message_bytes)) return;
    handle(input::SocketMessage{.socket = id(socket), .text = read_string(text, "text")}, now);
  }
  void socket_closed(const val& now, const val& socket, const val& code, const val& reason) {
    handle(input::SocketClosed{.socket = id(socket),
                               .code = read_integer<std::uint16_t>(code, "code"),
                               .reason = read_string(reason, "reason")},
           now);
  }
  void network_changed(const val& now) { handle(input::NetworkChanged{}, now); }
  void timeout(const val& now) { handle(input::Timeout{}, now); }

  void negotiation_needed(const val& now, const val& connection) {
    handle(input::NegotiationNeeded{.connection = id(connection)}, now);
  }
  void local_description(const val& now, const val& connection, const val& type, const val& sdp,
                         const val& slots) {
    handle(
        input::LocalDescription{.connection = id(connection),
                                .description = {.type = read_sdp_type(type), .sdp = read_string(sdp, "sdp")},
                                .slots = read_slot_map(slots)},
        now);
  }
  void local_description_failed(const val& now, const val& connection, const val& error) {
    handle(input::LocalDescriptionFailed{.connection = id(connection), .error = read_string(error, "error")},
           now);
  }
  void remote_description_applied(const val& now, const val& connection) {
    handle(input::RemoteDescriptionApplied{.connection = id(connection)}, now);
  }
  void remote_description_failed(const val& now, const val& connection, const val& error) {
    handle(input::RemoteDescriptionFailed{.connection = id(connection), .error = read_string(error, "error")},
           now);
  }
  void local_candidate(const val& now, const val& connection, const val& candidate) {
    handle(input::LocalCandidate{.connection = id(connection), .candidate = read_candidate(candidate)}, now);
  }
  void candidate_failed(const val& now, const val& connection, const val& error) {
    handle(input::CandidateFailed{.connection = id(connection), .error = read_string(error, "error")}, now);
  }
  void signaling_state_changed(const val& now, const val& connection, const val& state) {
    handle(input::SignalingStateChanged{.connection = id(connection),
                                        .state = read_state(state, signaling_states)},
           now);
  }
  void ice_gathering_state_changed(const val& now, const val& connection, const val& state) {
    handle(input::IceGatheringStateChanged{.connection = id(connection),
                                           .state = read_state(state, gathering_states)},
           now);
  }
  void ice_connection_state_changed(const val& now, const val& connection, const val& state) {
    handle(input::IceConnectionStateChanged{.connection = id(connection),
                                            .state = read_state(state, ice_states)},
           now);
  }
  void connection_state_changed(const val& now, const val& connection, const val& state) {
    handle(input::ConnectionStateChanged{.connection = id(connection),
                                         .state = read_state(state, connection_states)},
           now);
  }
  void track_added(const val& now, const val& connection, const val& mid, const val& kind) {
    handle(
        input::TrackAdded{
            .connection = id(connection), .mid = read_string(mid, "mid"), .kind = read_kind(kind)},
        now);
  }
  void channel_opened(const val& now, const val& connection) {
    handle(input::ChannelOpened{.connection = id(connection)}, now);
  }
  void channel_closed(const val& now, const val& connection) {
    handle(input::ChannelClosed{.connection = id(connection)}, now);
  }
  void channel_message(const val& now, const val& connection, const val& text) {
    if (text.isString() && text["length"].as<double>() > static_cast<double>(limits.message_bytes)) return;
    handle(input::ChannelMessage{.connection = id(connection), .text = read_string(text, "text")}, now);
  }

  [[nodiscard]] val snapshot() const { return driver_->snapshot(); }

 private:
  static std::uint32_t id(const val& value) { return read_integer<std::uint32_t>(value, "the handle"); }

  void handle(const Input& input, const val& now) {
    const Instant instant = read_instant(now);
    const std::shared_ptr<Driver> driver = driver_;
    driver->handle(input, instant);
  }

  std::shared_ptr<Driver> driver_;
};

}  // namespace

EMSCRIPTEN_BINDINGS(parley) {
  parley_complain_with_type_errors();

  emscripten::class_<SessionBinding>("Session")
      .constructor<const val&, const val&>()
      .function("join", &SessionBinding::join)
      .function("leave", &SessionBinding::leave)
      .function("update", &SessionBinding::update)
      .function("openSlot", &SessionBinding::open_slot)
      .function("setPresence", &SessionBinding::set_presence)
      .function("sendMessage", &SessionBinding::send_message)
      .function("retry", &SessionBinding::retry)
      .function("socketOpened", &SessionBinding::socket_opened)
      .function("socketMessage", &SessionBinding::socket_message)
      .function("socketClosed", &SessionBinding::socket_closed)
      .function("networkChanged", &SessionBinding::network_changed)
      .function("timeout", &SessionBinding::timeout)
      .function("negotiationNeeded", &SessionBinding::negotiation_needed)
      .function("localDescription", &SessionBinding::local_description)
      .function("localDescriptionFailed", &SessionBinding::local_description_failed)
      .function("remoteDescriptionApplied", &SessionBinding::remote_description_applied)
      .function("remoteDescriptionFailed", &SessionBinding::remote_description_failed)
      .function("localCandidate", &SessionBinding::local_candidate)
      .function("candidateFailed", &SessionBinding::candidate_failed)
      .function("signalingStateChanged", &SessionBinding::signaling_state_changed)
      .function("iceGatheringStateChanged", &SessionBinding::ice_gathering_state_changed)
      .function("iceConnectionStateChanged", &SessionBinding::ice_connection_state_changed)
      .function("connectionStateChanged", &SessionBinding::connection_state_changed)
      .function("trackAdded", &SessionBinding::track_added)
      .function("channelOpened", &SessionBinding::channel_opened)
      .function("channelClosed", &SessionBinding::channel_closed)
      .function("channelMessage", &SessionBinding::channel_message)
      .function("snapshot", &SessionBinding::snapshot);
}

}  // namespace parley::binding
