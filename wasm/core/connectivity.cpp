#include "connectivity.hpp"

#include <utility>

#include "limits.hpp"

namespace parley {

void Connectivity::enter(LinkState state, std::string code, std::string message) {
  state_ = state;
  reason_ = {.code = std::move(code), .message = std::move(message)};
}

void Connectivity::opened(Instant now) {
  if (was_connected_) {
    enter(LinkState::reconnecting, "fresh-connection", "Connecting anew.");
  } else {
    enter(LinkState::connecting, "connecting", "Connecting.");
  }
  steady_pending_ = false;
  postponed_ = false;
  beyond_restart_ = false;
  described_ = false;
  ice_connected_ = false;
  deadline_ = now + limits.connect_timeout;
}

void Connectivity::described() {
  described_ = true;
  cause_.reset();
}

void Connectivity::changed(IceConnectionState state) {
  ice_connected_ = state == IceConnectionState::connected || state == IceConnectionState::completed;
}

Connectivity::Repair Connectivity::changed(PeerConnectionState state, Instant now) {
  switch (state) {
    case PeerConnectionState::connected:
      // Without its data channel it is of no use, however well ICE is.
      if (beyond_restart_) return Repair::none;
      enter(LinkState::connected, "connected", "Connected.");
      was_connected_ = true;
      cause_.reset();
      postponed_ = false;
      steady_pending_ = true;
      deadline_ = now + limits.steady_after;
      return Repair::none;
    case PeerConnectionState::disconnected:
      enter(LinkState::reconnecting, "ice-disconnected", "The connection is interrupted.");
      steady_pending_ = false;
      deadline_ = now + limits.disconnected_grace + (polite_ ? limits.polite_delay : Duration::zero());
      return Repair::none;
    case PeerConnectionState::failed:
      if (state_ == LinkState::lost) return Repair::none;
      steady_pending_ = false;
      return repair(now);
    case PeerConnectionState::fresh:
    case PeerConnectionState::connecting:
    case PeerConnectionState::closed:
      return Repair::none;
  }
  return Repair::none;
}

Connectivity::Repair Connectivity::timeout(Instant now) {
  if (!due(deadline_, now)) return Repair::none;
  deadline_.reset();
  if (steady_pending_) {
    steady_pending_ = false;
    restarts_ = 0;
    rebuilds_ = 0;
    return Repair::none;
  }
  return repair(now);
}

Connectivity::Repair Connectivity::repair(Instant now) {
  if (!reachable_) {
    postponed_ = true;
    deadline_.reset();
    enter(was_connected_ ? LinkState::reconnecting : LinkState::connecting, "peer-unreachable",
          "Waiting until the host can reach this person again.");
    return Repair::none;
  }
  if (!beyond_restart_ && restarts_ < limits.restarts) {
    ++restarts_;
    deadline_ = now + limits.restart_timeout;
    enter(was_connected_ ? LinkState::reconnecting : LinkState::connecting, "ice-restart",
          "The connection failed; looking for another way.");
    return Repair::restart_ice;
  }
  return rebuild_or_lose();
}

Connectivity::Repair Connectivity::rebuild_or_lose() {
  deadline_.reset();
  if (rebuilds_ < limits.rebuilds) {
    ++rebuilds_;
    return Repair::rebuild;
  }
  lose();
  return Repair::none;
}

void Connectivity::lose() {
  if (cause_) {
    enter(LinkState::lost, cause_->code, cause_->message);
  } else if (!described_) {
    enter(LinkState::lost, "no-answer",
          "This person's app did not answer. They may have to reload their page or restart their app.");
  } else if (ice_connected_) {
    enter(LinkState::lost, "dtls-failed",
          "A network path was found, but no encrypted connection over it. A firewall may be in the way, or a "
          "browser that is out of date.");
  } else {
    enter(
        LinkState::lost, "no-way",
        "No network path to this person was found. A TURN server on the host, or another network, may help.");
  }
}

Connectivity::Repair Connectivity::reachable(bool reachable, Instant now) {
  reachable_ = reachable;
  if (!reachable || !postponed_) return Repair::none;
  postponed_ = false;
  return repair(now);
}

void Connectivity::channel_closed(Instant now) {
  if (state_ == LinkState::lost) return;
  enter(LinkState::reconnecting, "channel-closed", "The other side closed its connection.");
  cause_ = {.code = "channel-closed",
            .message = "The other side closed its connection each time. They may have to reload their page."};
  beyond_restart_ = true;
  steady_pending_ = false;
  deadline_ = now + limits.disconnected_grace + (polite_ ? limits.polite_delay : Duration::zero());
}

Connectivity::Repair Connectivity::broken(Reason reason) {
  cause_ = std::move(reason);
  return rebuild_or_lose();
}

Connectivity::Repair Connectivity::retry() {
  if (state_ == LinkState::connected) return Repair::none;
  restarts_ = 0;
  rebuilds_ = 0;
  return Repair::rebuild;
}

}  // namespace parley
