#pragma once

namespace parley {

// The W3C WebRTC state enumerations, with their own names and values.

enum class SignalingState {
  stable,
  have_local_offer,
  have_remote_offer,
  have_local_pranswer,
  have_remote_pranswer,
  closed
};
enum class IceGatheringState { fresh, gathering, complete };  // W3C calls the first one "new"
enum class IceConnectionState { fresh, checking, connected, completed, disconnected, failed, closed };
enum class PeerConnectionState { fresh, connecting, connected, disconnected, failed, closed };

/// RTCBundlePolicy. With `max_bundle` one transport is gathered for, and a peer that knows no BUNDLE is
/// refused; with `balanced` one for each kind of media, until both have agreed on BUNDLE.
enum class BundlePolicy { balanced, max_bundle };

/// Of a call by name.
enum class CallState { idle, outgoing, incoming, accepted };

/// What is known of who is at the other end of a connection.
enum class VerificationState { pending, unavailable, failed, unverified, verified, changed, different };

/// What a user interface shows, of one peer and of the whole room.
enum class LinkState { connecting, connected, reconnecting, lost };

}  // namespace parley
