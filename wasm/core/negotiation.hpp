#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "deadline.hpp"
#include "foreign_tracks.hpp"
#include "input.hpp"
#include "media.hpp"
#include "output.hpp"
#include "states.hpp"
#include "wire.hpp"

namespace parley {

/// Perfect negotiation (W3C WebRTC 10.7) of one RTCPeerConnection with one peer. Operations are asked for one
/// at a time; what the peer says meanwhile waits in an inbox, so every decision is made in a settled
/// signaling state.
///
/// A foreign client, of another protocol, does less: it takes every offer for the beginning of a call. So it
/// is offered to once, if it does not offer itself; our slots go on its m-lines that receive, as far as there
/// are some of their kind; and there is no further offer but to restart ICE.
class Negotiation {
 public:
  /// What the negotiation needs to know of its surroundings.
  struct Setting {
    std::string peer;  ///< empty until there is one
    bool polite = false;
    bool waits = false;    ///< the peer is expected to offer first
    bool foreign = false;  ///< the peer speaks another protocol
    BundlePolicy bundle = BundlePolicy::max_bundle;
    ConnectionId connection = 0;
    std::uint32_t tag = 0;  ///< names this connection to the peer
    std::vector<IceServer> ice_servers;
  };

  /// Signals to send, in order; the owner hands them to the transport.
  using Outbox = std::vector<wire::Signal>;

  Negotiation(Setting setting, std::vector<Slot> slots, Instant now, std::deque<Output>& outputs);

  [[nodiscard]] ConnectionId connection() const { return setting_.connection; }
  [[nodiscard]] std::uint32_t tag() const { return setting_.tag; }
  [[nodiscard]] const std::optional<std::uint32_t>& remote_tag() const { return remote_tag_; }
  [[nodiscard]] SignalingState signaling() const { return signaling_; }
  /// As of `fingerprints()`, of the descriptions in force; empty before there are any.
  [[nodiscard]] std::string own_fingerprints() const;
  /// Of the first one, a browser may have opened the data channel before it says that it has applied it.
  [[nodiscard]] const std::string& their_fingerprints() const {
    return their_fingerprints_.empty() ? next_fingerprints_ : their_fingerprints_;
  }

  /// There is a track on the m-line with this mid. Returns what is to be known by a name, or by another than
  /// before.
  [[nodiscard]] std::vector<NamedTrack> track_added(const std::string& mid, MediaKind kind);
  /// It carries something. Likewise: a foreign client's has no name before.
  [[nodiscard]] std::vector<NamedTrack> track_flows(const std::string& mid);

  void negotiation_needed();
  void local_description(const input::LocalDescription& result, Outbox& outbox);
  void remote_description_applied();
  /// The browser refused the peer's description; true where only a fresh connection helps.
  [[nodiscard]] bool remote_description_failed();
  void local_candidate(const Candidate& candidate, Outbox& outbox);
  /// A signal whose `link` belongs to this connection, or that has none.
  void receive(wire::Signal signal);

  /// Who the other end is, of a connection that was made before anybody was there; says to them what nobody
  /// has heard yet.
  void assign(std::string peer, bool polite, Outbox& outbox);
  void open_slot(const Slot& slot);
  void restart_ice();
  /// Says again what may have been lost with the host's memory of it: an offer that has no answer yet, and
  /// with `candidates` also those.
  void repeat(bool candidates, Outbox& outbox);

  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const { return offer_due_; }

 private:
  enum class Operation { none, set_local, apply_offer, apply_answer };

  [[nodiscard]] std::string slot_of(const std::string& mid, MediaKind kind) const;
  void step();
  void settle();
  void take(wire::Signal signal);
  void take_description(Description description, const wire::LinkTag& link);
  void take_candidate(Candidate candidate);
  void apply(Operation operation, Description description, SlotMap slots);
  /// Whether the offer that was just applied has m-lines whose answer is to be provisional first.
  [[nodiscard]] bool opens_lines() const;
  void place_slots();
  [[nodiscard]] SlotMap foreign_slots(const Description& offer) const;
  /// Whether a description has gone either way.
  [[nodiscard]] bool begun() const { return local_.has_value() || !current_ufrags_.empty(); }
  [[nodiscard]] wire::Signal signal(std::variant<Description, Candidate> body) const;

  Setting setting_;
  std::deque<Output>& outputs_;

  Operation operation_ = Operation::none;
  SignalingState signaling_ = SignalingState::stable;
  bool negotiation_needed_ = false;
  bool ignoring_offer_ = false;
  bool restarting_ = false;
  Deadline offer_due_;  ///< set while waiting for the peer's first offer
  std::deque<wire::Signal> inbox_;
  std::size_t inbox_bytes_ = 0;

  std::optional<std::uint32_t> remote_tag_;
  std::uint32_t negotiation_ = 0;         ///< of our latest offer
  std::uint32_t remote_negotiation_ = 0;  ///< of the peer's latest offer that was not ignored

  std::vector<Slot> slots_;                  ///< that we send in
  std::map<std::string, std::string> mids_;  ///< of our slots that have a transceiver; empty until negotiated
  std::optional<ForeignTracks> foreign_tracks_;
  SlotMap agreed_;    ///< which slot each m-line carries
  SlotMap offered_;   ///< the same of our offer that has no answer yet
  SlotMap applying_;  ///< the same of the remote description being applied

  std::set<std::string> next_ufrags_;       ///< of the remote description being applied
  std::set<std::string> current_ufrags_;    ///< of the one in force; empty before the first
  std::deque<std::string> retired_ufrags_;  ///< of the ones before
  std::string next_fingerprints_;           ///< of the remote description being applied
  std::string their_fingerprints_;          ///< of the one in force
  std::deque<Candidate> early_candidates_;  ///< that came before their remote description

  std::optional<Description> local_;
  std::vector<Candidate> local_candidates_;   ///< of `local_`'s generation, told to the peer
  std::vector<Candidate> unsent_candidates_;  ///< gathered while their description is still on its way to us
};

}  // namespace parley
