#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/input.hpp"
#include "model_sdp.hpp"
#include "virtual_time.hpp"

namespace parley::simulation {

/// One side's half of an ICE generation, as the descriptions in force say.
struct IcePair {
  std::string local;   ///< our ufrag
  std::string remote;  ///< theirs

  bool operator==(const IcePair&) const = default;
};

/// RTCPeerConnection as the W3C specification has it: its operations chain, signaling states, implicit
/// rollback, negotiation-needed flag, transceivers and ICE generations. Whatever a browser does in its own
/// time happens here after a random delay; what it tells its page is reported as the core's inputs. An
/// operation in a wrong state fails as a browser's would. Whether packets get through is the network's
/// business: see `Network`.
class ModelPeerConnection : public std::enable_shared_from_this<ModelPeerConnection> {
 public:
  using Report = std::function<void(Input)>;

  /// `fingerprint` names this connection's certificate, different from every other's.
  ModelPeerConnection(ConnectionId id, std::string fingerprint, VirtualTime& time, Report report);

  // What the core asks for; the numbers are sections of the W3C specification.
  void add_slot(const Slot& slot);  ///< addTransceiver(), 5.1
  void bind_slot(const std::string& slot, const std::string& mid);
  /// Without argument, 4.4.2; where it is `provisional`, as a provisional answer first.
  void set_local_description(bool provisional = false);
  void set_remote_description(Description description);  ///< 4.4.1.5
  void add_candidate(Candidate candidate);               ///< 4.4.2
  void restart_ice();                                    ///< 4.4.2
  void close();

  // What can be seen of it.
  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }
  [[nodiscard]] SignalingState signaling() const { return signaling_; }
  [[nodiscard]] bool idle() const { return chain_.empty(); }
  [[nodiscard]] bool closed() const { return signaling_ == SignalingState::closed; }
  [[nodiscard]] bool negotiation_needed() const { return needs_negotiation(); }
  /// The mid of the transceiver that carries this slot; absent without one, empty before it was negotiated.
  [[nodiscard]] std::optional<std::string> mid_of(const std::string& slot) const;
  [[nodiscard]] std::size_t transceivers() const { return transceivers_.size(); }
  /// What both sides agreed that this slot's transceiver does.
  [[nodiscard]] Direction agreed_direction(const std::string& slot) const;

  // For the network.
  /// The generation in force, once both descriptions are.
  [[nodiscard]] const std::optional<IcePair>& ice() const { return ice_; }
  [[nodiscard]] std::string remote_fingerprint() const { return remote_fingerprint_; }
  /// Whether a candidate through which the other side can be reached has been added for its generation.
  [[nodiscard]] bool can_reach(const std::string& remote_ufrag) const {
    return reachable_.contains(remote_ufrag);
  }
  /// Called when any of the above changed.
  std::function<void()> on_ice_changed = [] {};

 private:
  struct Transceiver {
    std::string slot;  ///< empty where the remote side opened it and nothing is bound
    MediaKind kind = MediaKind::video;
    std::optional<std::string> mid;
    bool mid_is_pending = false;  ///< given by a local offer that has no answer yet: lost by a rollback
    Direction direction;
    bool track_fired = false;
  };
  struct Described {
    SdpType type = SdpType::offer;
    ModelSdp sdp;
  };

  void enqueue(std::function<void()> operation);
  void run_next();
  void apply_provisional();
  void apply_local();
  void apply_remote(const Description& description);
  void apply_candidate(const Candidate& candidate);
  [[nodiscard]] std::optional<std::string> refuse(const Description& description, const ModelSdp& sdp) const;
  [[nodiscard]] ModelSdp create_offer();
  [[nodiscard]] ModelSdp create_answer();
  [[nodiscard]] std::string fresh_ufrag();
  void roll_back();
  void take_remote_media(const ModelSdp& sdp);
  void become_stable();
  /// Settles the operation at the chain's head: its promise's result, and around it the state event.
  void settle(Input result, bool state_changed);
  void gather(const std::string& ufrag, const std::string& mid);
  void learn(std::string_view candidate, const std::string& ufrag);
  void update_negotiation_needed();
  [[nodiscard]] bool needs_negotiation() const;
  [[nodiscard]] Transceiver* with_mid(const std::string& mid);
  [[nodiscard]] const ModelSdp* latest_local() const;

  void report(Input input);
  void report_after(Duration delay, Input input);

  ConnectionId id_;
  std::string fingerprint_;
  VirtualTime& time_;
  Report report_;

  std::deque<std::function<void()>> chain_;
  bool update_when_chain_is_empty_ = false;
  bool negotiation_needed_ = false;

  SignalingState signaling_ = SignalingState::stable;
  std::optional<Described> current_local_, pending_local_, current_remote_, pending_remote_;
  std::vector<Transceiver> transceivers_;
  std::set<std::string> ufrags_to_replace_;
  std::string remote_fingerprint_;
  std::map<std::string, std::vector<std::string>> gathered_;  ///< candidates by our ufrag
  std::set<std::string> reachable_;
  std::optional<IcePair> ice_;
  unsigned ufrag_count_ = 0;
  unsigned offer_count_ = 0;
};

}  // namespace parley::simulation
