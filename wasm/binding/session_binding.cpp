// The core as JavaScript sees it (parley.d.ts is its reference): one typed method for each input, and one
// handler object whose methods are called for the outputs, in order, before the method returns.

#include <emscripten/bind.h>

#include <memory>
#include <optional>
#include <utility>

#include "core/session.hpp"
#include "embind_types.hpp"
#include "to_json.hpp"

extern "C" {
void parley_register_handler(const char* methods);
void parley_perform(emscripten::EM_VAL handler, const char* method, emscripten::internal::Text arguments);
}

namespace parley::binding {
namespace {

constexpr const char* handler_methods =
    "openSocket sendSocket closeSocket createPeer assignPeer addSlot bindSlot setLocalDescription "
    "setRemoteDescription "
    "addCandidate restartIce closePeer sendChannel stateChanged joined peerJoined peerUpdated peerLeft "
    "peerStateChanged peerTracked trackStarted presenceChanged messageReceived errorRaised wakeAt";

/// The session and its handler.
class Driver {
 public:
  Driver(Config config, emscripten::val handler)
      : session_(std::move(config)), handler_(std::move(handler)) {}

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
    if (const auto self = std::move(self_)) return;
    // A timer may come a little early: after one, the embedder is always told when to come again.
    const bool woken = std::holds_alternative<input::Timeout>(input);
    if (const auto next = session_.next_timeout(); woken || next != wake_at_) {
      wake_at_ = next;
      call("wakeAt", JsonArray().json(next ? std::to_string(milliseconds(*next)) : "null"));
    }
  }

  [[nodiscard]] JsonText snapshot() const { return {.text = to_json(session_.snapshot())}; }

  /// A handler may delete the session that is calling it: what has been decided is still done.
  static void release(std::unique_ptr<Driver> driver) {
    if (driver->draining_) driver->self_ = std::move(driver);
  }

 private:
  void call(const char* method, JsonArray& arguments) const {
    const auto text = emscripten::internal::BindingType<std::string>::toWireType(arguments.take());
    parley_perform(handler_.as_handle(), method, text);
    free(text);
  }

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
    call("createPeer",
         JsonArray().number(o.connection).string(o.peer).json(to_json(o.ice_servers)).boolean(o.channel));
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
  void perform(const output::ErrorRaised& o) const {
    call("errorRaised", JsonArray().string(o.peer).json(to_json(o.reason)));
  }

  Session session_;
  emscripten::val handler_;
  bool draining_ = false;
  std::optional<Instant> wake_at_;
  std::unique_ptr<Driver> self_;  ///< set where this is to end with the call that it is in
};

/// What JavaScript's `delete()` deletes.
class SessionBinding {
 public:
  SessionBinding(Config config, emscripten::val handler)
      : driver_(std::make_unique<Driver>(std::move(config), std::move(handler))) {}
  ~SessionBinding() { Driver::release(std::move(driver_)); }
  SessionBinding(const SessionBinding&) = delete;
  SessionBinding& operator=(const SessionBinding&) = delete;

  void handle(const Input& input, double now) const {
    driver_->handle(input, Instant(Duration(static_cast<Duration::rep>(now))));
  }
  [[nodiscard]] JsonText snapshot() const { return driver_->snapshot(); }

 private:
  std::unique_ptr<Driver> driver_;
};

/// The method for an input: its arguments are the input's fields.
template <class Alternative, class... Fields>
void tell(SessionBinding& session, double now, Fields... fields) {
  session.handle(Alternative{std::move(fields)...}, now);
}

void tell_update(SessionBinding& session, double now, input::Update change) {
  session.handle(std::move(change), now);
}

void tell_local_description(SessionBinding& session, double now, ConnectionId connection, SdpType type,
                            std::string sdp, SlotMap slots) {
  session.handle(input::LocalDescription{.connection = connection,
                                         .description = {.type = type, .sdp = std::move(sdp)},
                                         .slots = std::move(slots)},
                 now);
}

}  // namespace

EMSCRIPTEN_BINDINGS(parley) {
  using namespace input;
  using Text = std::string;
  using OptionalText = std::optional<std::string>;

  parley_register_handler(handler_methods);
  emscripten::class_<SessionBinding>("Session")
      .constructor<Config, emscripten::val>()
      .function("join", &tell<Join>)
      .function("leave", &tell<Leave>)
      .function("update", &tell_update)
      .function("openSlot", &tell<OpenSlot, Slot>)
      .function("setPresence", &tell<SetPresence, Presence>)
      .function("sendMessage", &tell<SendMessage, OptionalText, Text, Text>)
      .function("retry", &tell<Retry, OptionalText>)
      .function("socketOpened", &tell<SocketOpened, SocketId>)
      .function("socketMessage", &tell<SocketMessage, SocketId, ForeignText>)
      .function("socketClosed", &tell<SocketClosed, SocketId, std::uint16_t, Text>)
      .function("networkChanged", &tell<NetworkChanged>)
      .function("timeout", &tell<Timeout>)
      .function("negotiationNeeded", &tell<NegotiationNeeded, ConnectionId>)
      .function("localDescription", &tell_local_description)
      .function("localDescriptionFailed", &tell<LocalDescriptionFailed, ConnectionId, Text>)
      .function("remoteDescriptionApplied", &tell<RemoteDescriptionApplied, ConnectionId>)
      .function("remoteDescriptionFailed", &tell<RemoteDescriptionFailed, ConnectionId, Text>)
      .function("localCandidate", &tell<LocalCandidate, ConnectionId, Candidate>)
      .function("candidateFailed", &tell<CandidateFailed, ConnectionId, Text>)
      .function("signalingStateChanged", &tell<SignalingStateChanged, ConnectionId, SignalingState>)
      .function("iceGatheringStateChanged", &tell<IceGatheringStateChanged, ConnectionId, IceGatheringState>)
      .function("iceConnectionStateChanged",
                &tell<IceConnectionStateChanged, ConnectionId, IceConnectionState>)
      .function("connectionStateChanged", &tell<ConnectionStateChanged, ConnectionId, PeerConnectionState>)
      .function("trackAdded", &tell<TrackAdded, ConnectionId, Text, MediaKind>)
      .function("channelOpened", &tell<ChannelOpened, ConnectionId>)
      .function("channelClosed", &tell<ChannelClosed, ConnectionId>)
      .function("channelMessage", &tell<ChannelMessage, ConnectionId, ForeignText>)
      .function("snapshot", &SessionBinding::snapshot);
}

}  // namespace parley::binding
