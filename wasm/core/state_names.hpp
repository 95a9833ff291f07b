#pragma once

#include <string_view>

#include "states.hpp"

namespace parley {

[[nodiscard]] constexpr std::string_view name(VerificationState state) {
  switch (state) {
    case VerificationState::pending:
      return "pending";
    case VerificationState::unavailable:
      return "unavailable";
    case VerificationState::failed:
      return "failed";
    case VerificationState::unverified:
      return "unverified";
    case VerificationState::verified:
      return "verified";
    case VerificationState::changed:
      return "changed";
    case VerificationState::different:
      return "different";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(SignalingState state) {
  switch (state) {
    case SignalingState::stable:
      return "stable";
    case SignalingState::have_local_offer:
      return "have-local-offer";
    case SignalingState::have_remote_offer:
      return "have-remote-offer";
    case SignalingState::have_local_pranswer:
      return "have-local-pranswer";
    case SignalingState::have_remote_pranswer:
      return "have-remote-pranswer";
    case SignalingState::closed:
      return "closed";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(IceGatheringState state) {
  switch (state) {
    case IceGatheringState::fresh:
      return "new";
    case IceGatheringState::gathering:
      return "gathering";
    case IceGatheringState::complete:
      return "complete";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(IceConnectionState state) {
  switch (state) {
    case IceConnectionState::fresh:
      return "new";
    case IceConnectionState::checking:
      return "checking";
    case IceConnectionState::connected:
      return "connected";
    case IceConnectionState::completed:
      return "completed";
    case IceConnectionState::disconnected:
      return "disconnected";
    case IceConnectionState::failed:
      return "failed";
    case IceConnectionState::closed:
      return "closed";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(PeerConnectionState state) {
  switch (state) {
    case PeerConnectionState::fresh:
      return "new";
    case PeerConnectionState::connecting:
      return "connecting";
    case PeerConnectionState::connected:
      return "connected";
    case PeerConnectionState::disconnected:
      return "disconnected";
    case PeerConnectionState::failed:
      return "failed";
    case PeerConnectionState::closed:
      return "closed";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(BundlePolicy policy) {
  switch (policy) {
    case BundlePolicy::balanced:
      return "balanced";
    case BundlePolicy::max_bundle:
      return "max-bundle";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(LinkState state) {
  switch (state) {
    case LinkState::connecting:
      return "connecting";
    case LinkState::connected:
      return "connected";
    case LinkState::reconnecting:
      return "reconnecting";
    case LinkState::lost:
      return "lost";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(CallState state) {
  switch (state) {
    case CallState::idle:
      return "idle";
    case CallState::outgoing:
      return "outgoing";
    case CallState::incoming:
      return "incoming";
    case CallState::accepted:
      return "accepted";
  }
  return "";
}

}  // namespace parley
