#pragma once

#include <optional>
#include <string>
#include <utility>

#include "deadline.hpp"
#include "output.hpp"
#include "states.hpp"

namespace parley {

/// Watches one peer's connection and says how to repair it: an ICE restart on `failed` at once and on
/// `disconnected` after a grace period; after repeated failures a fresh connection; after those, the peer is
/// lost, with what is known of why.
class Connectivity {
 public:
  enum class Repair { none, restart_ice, rebuild };

  explicit Connectivity(bool polite) : polite_(polite) {}

  /// A fresh RTCPeerConnection, of ours or in answer to the peer's.
  void opened(Instant now);
  [[nodiscard]] Repair changed(PeerConnectionState state, Instant now);
  void changed(IceConnectionState state);
  /// A description of the peer's is in force.
  void described();
  /// The browser did not take the peer's description; nothing is repaired for that.
  void refused(Reason reason) { cause_ = std::move(reason); }
  [[nodiscard]] Repair timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const { return deadline_; }

  /// Whether the peer can be reached through the host: no repair can work without, so none is counted.
  [[nodiscard]] Repair reachable(bool reachable, Instant now);
  /// The data channel closed: the peer has closed its end, and no ICE restart will open it again.
  void channel_closed(Instant now);
  /// Something on the connection broke that only a fresh one mends.
  [[nodiscard]] Repair broken(Reason reason);
  /// Somebody asks to try again now, whatever was tried before.
  [[nodiscard]] Repair retry();

  /// A repair is due that has to wait for the peer to be reachable.
  [[nodiscard]] bool postponed() const { return postponed_; }
  [[nodiscard]] LinkState state() const { return state_; }
  [[nodiscard]] const Reason& reason() const { return reason_; }
  [[nodiscard]] int restarts() const { return restarts_; }
  [[nodiscard]] int rebuilds() const { return rebuilds_; }

 private:
  [[nodiscard]] Repair repair(Instant now);
  [[nodiscard]] Repair rebuild_or_lose();
  void enter(LinkState state, std::string code, std::string message);
  void lose();

  bool polite_;
  bool reachable_ = true;
  bool postponed_ = false;  ///< a repair waits for the peer to be reachable
  bool was_connected_ = false;
  bool beyond_restart_ = false;  ///< only a fresh connection can help
  bool steady_pending_ = false;
  LinkState state_ = LinkState::connecting;
  Reason reason_{.code = "connecting", .message = "Connecting."};
  // What went wrong on the way to the connection of the moment.
  std::optional<Reason> cause_;  ///< that is known already
  bool described_ = false;
  bool ice_connected_ = false;
  Deadline deadline_;
  int restarts_ = 0;
  int rebuilds_ = 0;
};

}  // namespace parley
