// The core as JavaScript sees it (parley.d.ts is its reference): one typed method for each input, and one
// handler object whose methods are called for the outputs, in order, before the method returns.

#include <emscripten/bind.h>

#include <optional>
#include <string>
#include <utility>

#include "core/session.hpp"
#include "driver.hpp"
#include "embind_types.hpp"

namespace parley::binding {
namespace {

constexpr const char* handler_methods =
    "openSocket sendSocket closeSocket createPeer assignPeer addSlot bindSlot setLocalDescription "
    "setRemoteDescription "
    "addCandidate setIceServers restartIce closePeer sendChannel stateChanged joined peerJoined peerUpdated "
    "peerLeft "
    "peerStateChanged peerTracked trackStarted presenceChanged messageReceived "
    "verificationChanged recallKey rememberKey tokenEnds "
    "rulesChanged roleChanged lobbyChanged asked errorRaised wakeAt";

using SessionBinding = Binding<Session, Config, Input>;

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

  parley_register_handler("SessionHandler", handler_methods);
  emscripten::class_<SessionBinding>("Session")
      .constructor<Config, HandlerOf<Session>>()
      .function("join", &SessionBinding::tell<Join>)
      .function("leave", &SessionBinding::tell<Leave>)
      .function("update", &tell_update)
      .function("openSlot", &SessionBinding::tell<OpenSlot, Slot>)
      .function("setPresence", &SessionBinding::tell<SetPresence, Presence>)
      .function("sendMessage", &SessionBinding::tell<SendMessage, OptionalText, Text, Text>)
      .function("compared", &SessionBinding::tell<Compared, Text, bool>)
      .function("keyRecalled", &SessionBinding::tell<KeyRecalled, Text, Text>)
      .function("renew", &SessionBinding::tell<Renew, Text>)
      .function("moderate", &SessionBinding::tell<Moderate, Moderation>)
      .function("retry", &SessionBinding::tell<Retry, OptionalText>)
      .function("socketOpened", &SessionBinding::tell<SocketOpened, SocketId>)
      .function("socketMessage", &SessionBinding::tell<SocketMessage, SocketId, ForeignText>)
      .function("socketClosed", &SessionBinding::tell<SocketClosed, SocketId, std::uint16_t, Text>)
      .function("networkChanged", &SessionBinding::tell<NetworkChanged>)
      .function("timeout", &SessionBinding::tell<Timeout>)
      .function("negotiationNeeded", &SessionBinding::tell<NegotiationNeeded, ConnectionId>)
      .function("localDescription", &tell_local_description)
      .function("localDescriptionFailed", &SessionBinding::tell<LocalDescriptionFailed, ConnectionId, Text>)
      .function("remoteDescriptionApplied", &SessionBinding::tell<RemoteDescriptionApplied, ConnectionId>)
      .function("remoteDescriptionFailed", &SessionBinding::tell<RemoteDescriptionFailed, ConnectionId, Text>)
      .function("localCandidate", &SessionBinding::tell<LocalCandidate, ConnectionId, Candidate>)
      .function("candidateFailed", &SessionBinding::tell<CandidateFailed, ConnectionId, Text>)
      .function("signalingStateChanged",
                &SessionBinding::tell<SignalingStateChanged, ConnectionId, SignalingState>)
      .function("iceGatheringStateChanged",
                &SessionBinding::tell<IceGatheringStateChanged, ConnectionId, IceGatheringState>)
      .function("iceConnectionStateChanged",
                &SessionBinding::tell<IceConnectionStateChanged, ConnectionId, IceConnectionState>)
      .function("connectionStateChanged",
                &SessionBinding::tell<ConnectionStateChanged, ConnectionId, PeerConnectionState>)
      .function("trackAdded", &SessionBinding::tell<TrackAdded, ConnectionId, Text, MediaKind>)
      .function("trackFlows", &SessionBinding::tell<TrackFlows, ConnectionId, Text>)
      .function("channelOpened", &SessionBinding::tell<ChannelOpened, ConnectionId>)
      .function("channelClosed", &SessionBinding::tell<ChannelClosed, ConnectionId>)
      .function("channelMessage", &SessionBinding::tell<ChannelMessage, ConnectionId, ForeignText>)
      .function("snapshot", &SessionBinding::snapshot);
}

}  // namespace parley::binding
