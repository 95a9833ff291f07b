#pragma once

#include "input.hpp"
#include "link.hpp"
#include "negotiation.hpp"
#include "states.hpp"
#include "time.hpp"

namespace parley {

/// A connection for whoever comes next, made while one waits alone: its offer and its candidates are there
/// already, and the guest has them in the same breath as the news of who is here. Making them takes a browser
/// 20 ms and more, and as long as the way to a STUN or TURN server and back.
class Prepared {
 public:
  Prepared(LinkContext& context, Instant now);

  [[nodiscard]] ConnectionId connection() const { return negotiation_.connection(); }
  /// The browser made no offer.
  [[nodiscard]] bool failed() const { return failed_; }
  /// When it is to be made anew: what it says of addresses and credentials has aged.
  [[nodiscard]] Instant expires() const { return expires_; }

  void open_slot(const Slot& slot) { negotiation_.open_slot(slot); }
  /// For the link that it becomes part of; this is over then.
  [[nodiscard]] Link::Beginning give();

  void on(const input::NegotiationNeeded&) { negotiation_.negotiation_needed(); }
  void on(const input::LocalDescription& result);
  void on(const input::LocalDescriptionFailed&) { failed_ = true; }
  void on(const input::LocalCandidate& gathered);
  void on(const input::SignalingStateChanged& change) { signaling_ = change.state; }
  void on(const input::IceGatheringStateChanged& change) { gathering_ = change.state; }
  /// Nothing else happens to a connection that has no other end.
  void on(const auto&) {}

 private:
  Negotiation negotiation_;
  SignalingState signaling_ = SignalingState::stable;
  IceGatheringState gathering_ = IceGatheringState::fresh;
  Instant expires_;
  bool failed_ = false;
};

}  // namespace parley
