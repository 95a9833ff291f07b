#include "model_peer_connection.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

constexpr Direction sendrecv{.send = true, .receive = true};
constexpr Direction recvonly{.send = false, .receive = true};

/// Candidates with an address of this network (RFC 5737) lead to the other side, others to nowhere.
constexpr std::string_view reachable_network = "192.0.2.";
constexpr std::string_view unreachable_network = "203.0.113.";

}  // namespace

ModelPeerConnection::ModelPeerConnection(ConnectionId id, std::string fingerprint, VirtualTime& time,
                                         Report report)
    : id_(id), fingerprint_(std::move(fingerprint)), time_(time), report_(std::move(report)) {}

void ModelPeerConnection::report(Input input) {
  if (!closed()) report_(std::move(input));
}

void ModelPeerConnection::report_after(Duration delay, Input input) {
  time_.after(delay, [weak = weak_from_this(), input = std::move(input)]() mutable {
    if (const auto self = weak.lock()) self->report(std::move(input));
  });
}

// The operations chain (4.4.1.2): one at a time, in order.

void ModelPeerConnection::enqueue(std::function<void()> operation) {
  if (closed()) return;  // its promise is never settled
  chain_.push_back(std::move(operation));
  if (chain_.size() == 1) run_next();
}

void ModelPeerConnection::run_next() {
  time_.after(time_.random().between(0ms, 12ms), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->closed()) return;
    self->chain_.front()();
    if (self->closed()) return;
    self->chain_.pop_front();
    if (!self->chain_.empty()) return self->run_next();
    if (std::exchange(self->update_when_chain_is_empty_, false)) self->update_negotiation_needed();
  });
}

void ModelPeerConnection::settle(Input result, bool state_changed) {
  // An event's handler reads the attribute, so it is told the state of that moment.
  const auto tell_state = [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self) self->report(input::SignalingStateChanged{.connection = self->id_, .state = self->signaling_});
  };
  // The specification fires the event first; browsers differ, and a page's promise jobs come in between.
  enum : std::uint64_t { before, after, later, never };
  const std::uint64_t when = state_changed ? time_.random().below(3) : std::uint64_t{never};
  if (when == before) tell_state();
  report(std::move(result));
  if (when == after) tell_state();
  if (when == later) time_.after(time_.random().between(0ms, 3ms), tell_state);
}

void ModelPeerConnection::set_local_description(bool provisional) {
  if (provisional) enqueue([this] { apply_provisional(); });
  enqueue([this] { apply_local(); });
}

void ModelPeerConnection::set_remote_description(Description description) {
  enqueue([this, description = std::move(description)] { apply_remote(description); });
}

void ModelPeerConnection::add_candidate(Candidate candidate) {
  enqueue([this, candidate = std::move(candidate)] { apply_candidate(candidate); });
}

void ModelPeerConnection::close() {
  if (closed()) return;
  signaling_ = SignalingState::closed;
  on_ice_changed();
}

// Transceivers.

void ModelPeerConnection::add_slot(const Slot& slot) {
  if (closed()) return;
  transceivers_.push_back({.slot = slot.name, .kind = slot.kind, .mid = {}, .direction = sendrecv});
  update_negotiation_needed();
}

void ModelPeerConnection::bind_slot(const std::string& slot, const std::string& mid) {
  if (closed()) return;
  std::erase_if(transceivers_, [&](const Transceiver& other) { return other.slot == slot && !other.mid; });
  if (Transceiver* transceiver = with_mid(mid)) {
    transceiver->slot = slot;
    transceiver->direction = sendrecv;
  }
  update_negotiation_needed();
}

ModelPeerConnection::Transceiver* ModelPeerConnection::with_mid(const std::string& mid) {
  const auto found = std::ranges::find(transceivers_, mid, &Transceiver::mid);
  return found == transceivers_.end() ? nullptr : &*found;
}

std::optional<std::string> ModelPeerConnection::mid_of(const std::string& slot) const {
  const auto found = std::ranges::find(transceivers_, slot, &Transceiver::slot);
  if (found == transceivers_.end()) return std::nullopt;
  return found->mid.value_or("");
}

Direction ModelPeerConnection::agreed_direction(const std::string& slot) const {
  const auto mid = mid_of(slot);
  if (!mid || !current_local_ || !current_remote_) return {};
  // The answer, whoever gave it, has the last word.
  const bool answered = current_local_->type == SdpType::answer;
  const ModelMedia* media = (answered ? current_local_ : current_remote_)->sdp.find(*mid);
  if (media == nullptr) return {};
  return answered ? media->direction : media->direction.reversed();
}

// Local descriptions (RFC 8829 sections 5.2 and 5.3).

std::string ModelPeerConnection::fresh_ufrag() {
  return fingerprint_ + "+" + std::to_string(++ufrag_count_);
}

ModelSdp ModelPeerConnection::create_offer() {
  const Described* base = pending_local_ ? &*pending_local_ : current_local_ ? &*current_local_ : nullptr;
  ModelSdp sdp;
  if (base != nullptr) sdp = base->sdp;
  sdp.candidates.clear();
  sdp.fingerprint = fingerprint_;
  sdp.offer = fingerprint_ + "#" + std::to_string(++offer_count_);
  if (sdp.ufrag.empty() || ufrags_to_replace_.contains(sdp.ufrag)) sdp.ufrag = fresh_ufrag();

  const auto free_mid = [&sdp] {
    for (unsigned number = 0;; ++number) {
      if (std::string mid = std::to_string(number); sdp.find(mid) == nullptr) return mid;
    }
  };
  for (Transceiver& transceiver : transceivers_) {
    if (!transceiver.mid) {
      transceiver.mid = free_mid();
      transceiver.mid_is_pending = true;
      sdp.media.push_back({.mid = *transceiver.mid, .kind = transceiver.kind, .direction = {}});
    }
    const auto media = std::ranges::find(sdp.media, *transceiver.mid, &ModelMedia::mid);
    if (media != sdp.media.end()) media->direction = transceiver.direction;
  }
  const bool has_channel =
      std::ranges::any_of(sdp.media, [](const ModelMedia& media) { return !media.kind; });
  if (!has_channel) sdp.media.push_back({.mid = free_mid(), .kind = std::nullopt, .direction = {}});
  return sdp;
}

ModelSdp ModelPeerConnection::create_answer() {
  const ModelSdp& offer = pending_remote_->sdp;
  ModelSdp sdp = offer;
  sdp.candidates.clear();
  sdp.fingerprint = fingerprint_;
  const bool restarts = !current_remote_ || current_remote_->sdp.ufrag != offer.ufrag;
  if (signaling_ == SignalingState::have_local_pranswer) {
    sdp.ufrag = pending_local_->sdp.ufrag;
  } else {
    sdp.ufrag = current_local_ && !restarts ? current_local_->sdp.ufrag : fresh_ufrag();
  }
  for (ModelMedia& media : sdp.media) {
    const Transceiver* transceiver = with_mid(media.mid);
    media.direction =
        transceiver == nullptr ? Direction{} : transceiver->direction & media.direction.reversed();
  }
  return sdp;
}

/// What is wrong with it, the answer says as well.
void ModelPeerConnection::apply_provisional() {
  if (signaling_ != SignalingState::have_remote_offer) return;
  pending_local_ = {.type = SdpType::answer, .sdp = create_answer()};
  signaling_ = SignalingState::have_local_pranswer;
  report(input::SignalingStateChanged{.connection = id_, .state = signaling_});
  const ModelSdp& sdp = pending_local_->sdp;
  if (!gathered_.contains(sdp.ufrag)) gather(sdp.ufrag, sdp.media.front().mid);
}

void ModelPeerConnection::apply_local() {
  Described described;
  if (signaling_ == SignalingState::have_remote_offer || signaling_ == SignalingState::have_local_pranswer) {
    described = {.type = SdpType::answer, .sdp = create_answer()};
    current_local_ = described;
    current_remote_ = std::exchange(pending_remote_, std::nullopt);
    pending_local_.reset();
  } else {
    described = {.type = SdpType::offer, .sdp = create_offer()};
    pending_local_ = described;
  }
  const SignalingState before = signaling_;
  signaling_ = described.type == SdpType::offer ? SignalingState::have_local_offer : SignalingState::stable;
  if (signaling_ == SignalingState::stable) become_stable();

  const std::string& ufrag = described.sdp.ufrag;
  const auto gathered = gathered_.find(ufrag);
  if (gathered != gathered_.end()) described.sdp.candidates = gathered->second;
  input::LocalDescription result{.connection = id_, .description = {}, .slots = {}};
  result.description = {.type = described.type, .sdp = write_sdp(described.sdp)};
  for (const Transceiver& transceiver : transceivers_) {
    if (transceiver.mid && !transceiver.slot.empty()) result.slots[*transceiver.mid] = transceiver.slot;
  }
  settle(std::move(result), before != signaling_);
  if (gathered == gathered_.end()) gather(ufrag, described.sdp.media.front().mid);
}

// Remote descriptions (4.4.1.5; RFC 8829 section 5.10).

std::optional<std::string> ModelPeerConnection::refuse(const Description& description,
                                                       const ModelSdp& sdp) const {
  const auto same_lines = [&sdp](const ModelSdp& known) {
    const auto same_mid = [](const ModelMedia& a, const ModelMedia& b) { return a.mid == b.mid; };
    return known.media.size() <= sdp.media.size() &&
           std::equal(known.media.begin(), known.media.end(), sdp.media.begin(), same_mid);
  };
  if (!remote_fingerprint_.empty() && remote_fingerprint_ != sdp.fingerprint)
    return "OperationError: the fingerprint is not the one of this connection's other side";
  if (description.type == SdpType::answer) {
    if (signaling_ != SignalingState::have_local_offer)
      return "InvalidStateError: an answer without an offer of ours that waits for one";
    if (sdp.media.size() != pending_local_->sdp.media.size() || !same_lines(pending_local_->sdp))
      return "InvalidAccessError: the answer's m-lines are not the offer's";
    if (sdp.offer != pending_local_->sdp.offer)
      return "InvalidAccessError: this answers another offer than the one that waits";
    return std::nullopt;
  }
  if (signaling_ == SignalingState::have_local_pranswer)
    return "InvalidStateError: an offer before the answer to the last one";
  if (current_remote_ &&
      (sdp.media.size() < current_remote_->sdp.media.size() || !same_lines(current_remote_->sdp)))
    return "InvalidAccessError: the offer's m-lines do not continue those in force";
  return std::nullopt;
}

void ModelPeerConnection::apply_remote(const Description& description) {
  const auto sdp = read_sdp(description.sdp);
  const auto refusal = sdp ? refuse(description, *sdp) : "OperationError: not a session description";
  if (refusal) return report(input::RemoteDescriptionFailed{.connection = id_, .error = *refusal});

  const SignalingState before = signaling_;
  if (signaling_ == SignalingState::have_local_offer && description.type == SdpType::offer) roll_back();
  remote_fingerprint_ = sdp->fingerprint;
  for (const std::string& candidate : sdp->candidates) learn(candidate, sdp->ufrag);
  take_remote_media(*sdp);
  if (closed()) return;
  if (description.type == SdpType::offer) {
    pending_remote_ = {.type = SdpType::offer, .sdp = *sdp};
    signaling_ = SignalingState::have_remote_offer;
  } else {
    current_remote_ = {.type = SdpType::answer, .sdp = *sdp};
    current_local_ = std::exchange(pending_local_, std::nullopt);
    pending_remote_.reset();
    signaling_ = SignalingState::stable;
    become_stable();
  }
  settle(input::RemoteDescriptionApplied{.connection = id_}, before != signaling_);
}

void ModelPeerConnection::roll_back() {
  pending_local_.reset();
  signaling_ = SignalingState::stable;
  for (Transceiver& transceiver : transceivers_) {
    if (std::exchange(transceiver.mid_is_pending, false)) transceiver.mid.reset();
  }
}

void ModelPeerConnection::take_remote_media(const ModelSdp& sdp) {
  for (const ModelMedia& media : sdp.media) {
    if (!media.kind) continue;
    Transceiver* transceiver = with_mid(media.mid);
    if (transceiver == nullptr) {
      // One that addTransceiver() made is never used for the other side's m-line.
      transceivers_.push_back({.slot = {}, .kind = *media.kind, .mid = media.mid, .direction = recvonly});
      transceiver = &transceivers_.back();
    }
    const bool flows = media.direction.send && transceiver->direction.receive;
    if (std::exchange(transceiver->track_fired, flows) || !flows) continue;
    report(input::TrackAdded{.connection = id_, .mid = media.mid, .kind = *media.kind});
  }
}

void ModelPeerConnection::become_stable() {
  for (Transceiver& transceiver : transceivers_) transceiver.mid_is_pending = false;
  if (!ufrags_to_replace_.contains(current_local_->sdp.ufrag)) ufrags_to_replace_.clear();
  const IcePair pair{.local = current_local_->sdp.ufrag, .remote = current_remote_->sdp.ufrag};
  if (ice_ != pair) {
    ice_ = pair;
    on_ice_changed();
  }
  negotiation_needed_ = false;
  update_negotiation_needed();
}

// Candidates.

void ModelPeerConnection::gather(const std::string& ufrag, const std::string& mid) {
  gathered_[ufrag];
  report_after(0ms,
               input::IceGatheringStateChanged{.connection = id_, .state = IceGatheringState::gathering});
  const auto count = 1 + time_.random().below(3);
  const auto good = time_.random().below(count);
  Duration delay{};
  for (std::uint64_t i = 0; i <= count; ++i) {
    delay += time_.random().between(0ms, time_.random().chance(80) ? 20ms : 400ms);
    std::string text;  // the last one, end-of-candidates, stays empty
    if (i < count) {
      text = "candidate:" + std::to_string(i + 1) + " 1 udp 2122260223 " +
             std::string(i == good ? reachable_network : unreachable_network) + std::to_string(id_ % 250) +
             " 50000 typ host";
    }
    time_.after(delay, [this, weak = weak_from_this(), ufrag, mid, text] {
      const auto self = weak.lock();
      if (!self || closed()) return;
      const ModelSdp* local = latest_local();
      const bool current = current_local_ && current_local_->sdp.ufrag == ufrag;
      if (!current && (local == nullptr || local->ufrag != ufrag)) return;  // rolled back or restarted
      if (!text.empty()) gathered_[ufrag].push_back(text);
      Candidate candidate{
          .candidate = text, .sdp_mid = mid, .sdp_m_line_index = 0, .username_fragment = ufrag};
      // On its way between the browser's threads, a candidate can be overtaken by a description.
      const Duration hop = time_.random().between(0ms, 3ms);
      report_after(hop, input::LocalCandidate{.connection = id_, .candidate = std::move(candidate)});
      if (!text.empty()) return;
      report_after(hop,
                   input::IceGatheringStateChanged{.connection = id_, .state = IceGatheringState::complete});
    });
  }
}

const ModelSdp* ModelPeerConnection::latest_local() const {
  if (pending_local_) return &pending_local_->sdp;
  return current_local_ ? &current_local_->sdp : nullptr;
}

void ModelPeerConnection::apply_candidate(const Candidate& candidate) {
  const auto fail = [this](std::string error) {
    report(input::CandidateFailed{.connection = id_, .error = std::move(error)});
  };
  if (!current_remote_ && !pending_remote_) return fail("InvalidStateError: there is no remote description");
  const auto fits = [&candidate](const std::optional<Described>& described) {
    if (!described || (candidate.sdp_mid && described->sdp.find(*candidate.sdp_mid) == nullptr)) return false;
    return !candidate.username_fragment || *candidate.username_fragment == described->sdp.ufrag;
  };
  const Described* described = nullptr;
  for (const auto* known : {&pending_remote_, &current_remote_}) {
    if (described == nullptr && fits(*known)) described = &**known;
  }
  if (described == nullptr)
    return fail("OperationError: no remote description has the ufrag " +
                candidate.username_fragment.value_or("-"));
  learn(candidate.candidate, described->sdp.ufrag);
}

void ModelPeerConnection::learn(std::string_view candidate, const std::string& ufrag) {
  if (candidate.find(reachable_network) == std::string_view::npos) return;
  if (reachable_.insert(ufrag).second) on_ice_changed();
}

// The negotiation-needed flag (4.7.3).

void ModelPeerConnection::restart_ice() {
  if (closed()) return;
  ufrags_to_replace_.clear();
  for (const auto* described : {&current_local_, &pending_local_}) {
    if (*described) ufrags_to_replace_.insert((*described)->sdp.ufrag);
  }
  update_negotiation_needed();
}

void ModelPeerConnection::update_negotiation_needed() {
  if (!chain_.empty()) {
    update_when_chain_is_empty_ = true;
    return;
  }
  time_.after(time_.random().between(0ms, 2ms), [this, weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || closed()) return;
    if (!chain_.empty()) {
      update_when_chain_is_empty_ = true;
      return;
    }
    if (signaling_ != SignalingState::stable) return;
    const bool needed = needs_negotiation();
    if (std::exchange(negotiation_needed_, needed) || !needed) return;
    report(input::NegotiationNeeded{.connection = id_});
  });
}

bool ModelPeerConnection::needs_negotiation() const {
  if (closed()) return false;
  if (!ufrags_to_replace_.empty() || !current_local_) return true;  // the data channel has no m-line yet
  return std::ranges::any_of(transceivers_, [this](const Transceiver& transceiver) {
    const ModelMedia* local = transceiver.mid ? current_local_->sdp.find(*transceiver.mid) : nullptr;
    const ModelMedia* remote = transceiver.mid ? current_remote_->sdp.find(*transceiver.mid) : nullptr;
    if (local == nullptr || remote == nullptr) return true;
    if (current_local_->type == SdpType::offer)
      return local->direction != transceiver.direction &&
             remote->direction.reversed() != transceiver.direction;
    return local->direction != (transceiver.direction & remote->direction.reversed());
  });
}

}  // namespace parley::simulation
