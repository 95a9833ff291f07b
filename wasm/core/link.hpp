#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectivity.hpp"
#include "conversation.hpp"
#include "input.hpp"
#include "limits.hpp"
#include "negotiation.hpp"
#include "output.hpp"
#include "random.hpp"
#include "rules.hpp"
#include "snapshot.hpp"
#include "transport.hpp"
#include "verification.hpp"

namespace parley {

/// What every link of a session shares.
struct LinkContext {
  std::deque<Output>& outputs;
  Random& random;
  Transport& transport;
  std::vector<Slot> slots;
  std::vector<IceServer> ice_servers;
  Presence presence;
  ConnectionId last_connection = 0;
  Whom share = Whom::everybody;
  std::string self{};     ///< our own id
  std::string entropy{};  ///< as of Config
  std::uint32_t last_nonce = 0;

  [[nodiscard]] bool verifies() const { return entropy.size() >= limits.entropy_bytes; }
};

/// Everything between us and one peer: its membership, the RTCPeerConnection of the moment and the ones
/// before it.
class Link {
 public:
  /// What was made ahead for whoever would come.
  struct Beginning {
    Negotiation negotiation;
    SignalingState signaling = SignalingState::stable;
    IceGatheringState gathering = IceGatheringState::fresh;
  };

  /// `waits`: the peer is expected to offer first.
  Link(PeerInfo info, bool polite, bool waits, LinkContext& context, Instant now);
  /// Begins with an offer that is there already.
  Link(PeerInfo info, bool polite, Beginning beginning, LinkContext& context, Instant now);

  [[nodiscard]] const PeerInfo& info() const { return info_; }
  [[nodiscard]] ConnectionId connection() const { return negotiation_->connection(); }
  [[nodiscard]] const Connectivity& connectivity() const { return connectivity_; }
  /// Whether the host has this peer in the room. One that it no longer has is kept while its media flows.
  [[nodiscard]] bool listed() const { return listed_; }

  void update(PeerInfo info);
  /// The context has another rule of who may share, or the peer another role.
  void review_share();
  void set_away(bool away) { info_.away = away; }
  void set_listed(bool listed) { listed_ = listed; }
  /// The same page has joined again, under another id.
  void supersede() { superseded_ = true; }
  [[nodiscard]] bool superseded() const { return superseded_; }
  void set_reachable(bool reachable, Instant now);
  /// The host has forgotten what was on its way: says what is still needed again.
  void recover();
  /// Those of the context are others now.
  void use_ice_servers();
  void retry(Instant now);
  void receive(wire::Signal signal, Instant now);
  void open_slot(const Slot& slot);
  [[nodiscard]] Conversation& conversation() { return conversation_; }
  [[nodiscard]] Verification& verification() { return verification_; }
  void close();

  void on(const input::NegotiationNeeded&, Instant now);
  void on(const input::LocalDescription&, Instant now);
  void on(const input::LocalDescriptionFailed&, Instant now);
  void on(const input::RemoteDescriptionApplied&, Instant now);
  void on(const input::RemoteDescriptionFailed&, Instant now);
  void on(const input::LocalCandidate&, Instant now);
  void on(const input::CandidateFailed&, Instant now);
  void on(const input::SignalingStateChanged&, Instant now);
  void on(const input::IceGatheringStateChanged&, Instant now);
  void on(const input::IceConnectionStateChanged&, Instant now);
  void on(const input::ConnectionStateChanged&, Instant now);
  void on(const input::TrackAdded&, Instant now);
  void on(const input::TrackFlows&, Instant now);
  void on(const input::ChannelOpened&, Instant now);
  void on(const input::ChannelClosed&, Instant now);
  void on(const input::ChannelMessage&, Instant now);

  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const;
  /// Tells the application where the state is another than it was last told.
  void announce(Instant now);
  [[nodiscard]] PeerSnapshot snapshot() const;

 private:
  void build(bool waits, Instant now);
  void rebuild(bool waits, Instant now);
  void perform(Connectivity::Repair repair, Instant now);
  void raise(Reason reason);
  void begin_verification();
  void check_keys();
  void start(const std::vector<NamedTrack>& tracks);
  [[nodiscard]] bool may_share() const { return context_.share == Whom::everybody || info_.moderator; }
  void record(std::string_view field, std::string_view value, Instant now);
  void send(const Negotiation::Outbox& outbox);

  PeerInfo info_;
  bool polite_;
  bool listed_ = true;
  bool superseded_ = false;
  LinkContext& context_;
  /// A foreign client may know no BUNDLE, and so may a peer whose description the browser refuses.
  BundlePolicy bundle_;
  Connectivity connectivity_;
  Conversation conversation_;
  Verification verification_;
  std::optional<Negotiation> negotiation_;
  std::vector<NamedTrack> withheld_;        ///< of a screen, while the peer may not show one
  std::deque<std::uint32_t> retired_tags_;  ///< the peer's connections that are no more

  SignalingState signaling_ = SignalingState::stable;
  IceGatheringState gathering_ = IceGatheringState::fresh;
  IceConnectionState ice_ = IceConnectionState::fresh;
  PeerConnectionState peer_connection_ = PeerConnectionState::fresh;
  std::deque<StateChange> timeline_;
  std::optional<LinkState> announced_state_;
  std::string announced_code_;
};

}  // namespace parley
