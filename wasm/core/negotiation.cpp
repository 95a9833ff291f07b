#include "negotiation.hpp"

#include <algorithm>
#include <utility>

#include "limits.hpp"
#include "overloaded.hpp"
#include "sdp.hpp"

namespace parley {
namespace {

std::size_t size_of(const wire::Signal& signal) {
  return std::visit(overloaded{
                        [](const Description& description) { return description.sdp.size(); },
                        [](const Candidate& candidate) { return candidate.candidate.size(); },
                    },
                    signal.body);
}

}  // namespace

Negotiation::Negotiation(Setting setting, std::vector<Slot> slots, Instant now, std::deque<Output>& outputs)
    : setting_(std::move(setting)), outputs_(outputs), slots_(std::move(slots)) {
  outputs_.emplace_back(output::CreatePeer{.connection = setting_.connection,
                                           .peer = setting_.peer,
                                           .ice_servers = setting_.ice_servers,
                                           .channel = !setting_.foreign,
                                           .bundle = setting_.bundle});
  if (setting_.foreign) foreign_tracks_.emplace(slots_);
  if (setting_.waits) {
    // The peer's m-lines are used for our slots: transceivers added now would not be (RFC 8829 section 5.10).
    offer_due_ = now + limits.offer_patience;
  } else {
    place_slots();
    negotiation_needed();
  }
}

std::string Negotiation::slot_of(const std::string& mid, MediaKind kind) const {
  for (const SlotMap* map : {&applying_, &offered_, &agreed_}) {
    if (const auto found = map->find(mid); found != map->end()) return found->second;
  }
  return kind == MediaKind::audio ? "microphone" : "camera";
}

std::vector<NamedTrack> Negotiation::track_added(const std::string& mid, MediaKind kind) {
  if (foreign_tracks_) {
    foreign_tracks_->added(mid, kind);
    return {};
  }
  return {{.mid = mid, .kind = kind, .slot = slot_of(mid, kind)}};
}

std::vector<NamedTrack> Negotiation::track_flows(const std::string& mid) {
  if (!foreign_tracks_) return {};
  return foreign_tracks_->flows(mid);
}

std::string Negotiation::own_fingerprints() const {
  return local_ ? fingerprints(local_->sdp) : std::string();
}

void Negotiation::negotiation_needed() {
  if (setting_.foreign && begun() && !std::exchange(restarting_, false)) return;
  negotiation_needed_ = true;
  step();
}

/// Whatever is to be done next, if nothing is under way.
void Negotiation::step() {
  while (operation_ == Operation::none && !inbox_.empty()) {
    wire::Signal next = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= size_of(next);
    take(std::move(next));
  }
  if (operation_ == Operation::none && negotiation_needed_ && signaling_ == SignalingState::stable &&
      !offer_due_) {
    negotiation_needed_ = false;
    operation_ = Operation::set_local;
    outputs_.emplace_back(output::SetLocalDescription{.connection = setting_.connection});
  }
}

void Negotiation::receive(wire::Signal signal) {
  if (!remote_tag_ && signal.link) remote_tag_ = signal.link->connection;
  // Dropping the newest is harmless where the peer keeps the rules: it waits for our answer long before.
  const std::size_t bytes = size_of(signal);
  if (inbox_.size() >= limits.inbox || inbox_bytes_ + bytes > limits.inbox_bytes) return;
  inbox_bytes_ += bytes;
  inbox_.push_back(std::move(signal));
  step();
}

void Negotiation::take(wire::Signal signal) {
  // A foreign client says nothing of the sort: its answer is to our latest offer.
  wire::LinkTag link;
  link.negotiation = negotiation_;
  if (signal.link) link = std::move(*signal.link);
  std::visit(overloaded{
                 [&](Description& description) { take_description(std::move(description), link); },
                 [&](Candidate& candidate) { take_candidate(std::move(candidate)); },
             },
             signal.body);
}

void Negotiation::take_description(Description description, const wire::LinkTag& link) {
  if (description.type == SdpType::answer) {
    // An answer to an offer that was rolled back, or that was answered before a repetition, comes too late.
    if (signaling_ != SignalingState::have_local_offer || link.negotiation != negotiation_) return;
    ignoring_offer_ = false;
    apply(Operation::apply_answer, std::move(description), offered_);
    return;
  }
  const bool collision = signaling_ != SignalingState::stable;
  ignoring_offer_ = collision && !setting_.polite;
  if (ignoring_offer_) {
    // Nothing ties us to a connection of the peer's of which we have applied nothing.
    if (current_ufrags_.empty()) remote_tag_.reset();
    return;
  }
  offer_due_.reset();
  remote_negotiation_ = link.negotiation;
  SlotMap slots = setting_.foreign ? foreign_slots(description) : link.slots;
  apply(Operation::apply_offer, std::move(description), std::move(slots));
}

void Negotiation::apply(Operation operation, Description description, SlotMap slots) {
  operation_ = operation;
  next_ufrags_ = ice_ufrags(description.sdp);
  next_fingerprints_ = fingerprints(description.sdp);
  if (foreign_tracks_) foreign_tracks_->describe(media_lines(description.sdp));
  applying_ = std::move(slots);
  outputs_.emplace_back(
      output::SetRemoteDescription{.connection = setting_.connection, .description = std::move(description)});
}

void Negotiation::take_candidate(Candidate candidate) {
  const auto& ufrag = candidate.username_fragment;
  const bool current = ufrag && current_ufrags_.contains(*ufrag);
  if (!current) {
    if (ignoring_offer_) return;
    if (ufrag && std::find(retired_ufrags_.begin(), retired_ufrags_.end(), *ufrag) != retired_ufrags_.end()) {
      return;
    }
    // The browser refuses a candidate whose generation it does not know (W3C WebRTC 4.4.2, addIceCandidate).
    // Its description may still come: after a host's restart the peer repeats the candidates of an answer
    // that never arrived, and answers anew once our offer is repeated.
    if (ufrag || current_ufrags_.empty()) {
      if (early_candidates_.size() == limits.early_candidates) early_candidates_.pop_front();
      early_candidates_.push_back(std::move(candidate));
      return;
    }
  }
  outputs_.emplace_back(
      output::AddCandidate{.connection = setting_.connection, .candidate = std::move(candidate)});
}

void Negotiation::remote_description_applied() {
  const Operation applied = std::exchange(operation_, Operation::none);
  if (applied != Operation::apply_offer && applied != Operation::apply_answer) return;

  for (const std::string& ufrag : current_ufrags_) {
    if (!next_ufrags_.contains(ufrag)) retired_ufrags_.push_back(ufrag);
  }
  while (retired_ufrags_.size() > limits.retired) retired_ufrags_.pop_front();
  current_ufrags_ = std::move(next_ufrags_);
  their_fingerprints_ = std::move(next_fingerprints_);
  // An offer of ours that was pending is now answered, or rolled back.
  offered_.clear();
  const bool opens = opens_lines();
  for (const auto& [mid, slot] : std::exchange(applying_, {})) {
    if (agreed_.size() < limits.slots) agreed_.emplace(mid, slot);
    if (applied == Operation::apply_answer && mids_.contains(slot)) mids_[slot] = mid;
  }
  for (Candidate& candidate : std::exchange(early_candidates_, {})) take_candidate(std::move(candidate));

  if (applied == Operation::apply_offer) {
    signaling_ = SignalingState::have_remote_offer;
    place_slots();
    operation_ = Operation::set_local;
    outputs_.emplace_back(
        output::SetLocalDescription{.connection = setting_.connection, .provisional = opens});
    return;
  }
  settle();
}

/// An answer to m-lines that are new is given twice, first as a provisional one. Otherwise, if our next offer
/// is rolled back, Chromium (seen in 156) freezes the peer's video for good: setting an answer, libwebrtc
/// drops what it noted for a rollback, and only then notes the encodings of each video sender that is new. At
/// the rollback it takes such an m-line's channel down, and does not connect the next one to the receiver's
/// track, as the SSRC is the same. Frames are decoded then and shown by no element, and no later offer mends
/// it; its log says "VideoReceiveStreamInterface not connected to a VideoSink". The provisional answer leaves
/// that note, and the answer drops it. That costs 2 ms; the impolite side, which rolls nothing back, spares
/// them.
bool Negotiation::opens_lines() const {
  return setting_.polite && std::any_of(applying_.begin(), applying_.end(),
                                        [&](const auto& line) { return !agreed_.contains(line.first); });
}

/// The exchange is complete. What was needed before may have come with it; the browser looks, and fires
/// negotiationneeded again where it has not (W3C WebRTC 4.4.1.5).
void Negotiation::settle() {
  signaling_ = SignalingState::stable;
  negotiation_needed_ = false;
  step();
}

bool Negotiation::remote_description_failed() {
  const Operation failed = std::exchange(operation_, Operation::none);
  applying_.clear();
  if (failed == Operation::apply_answer || signaling_ != SignalingState::stable) return true;
  // Slots that were to be placed with this offer are ours to offer now.
  place_slots();
  step();
  return false;
}

/// Each of our slots gets an m-line: the one that either side has opened under its name, or a new one.
void Negotiation::place_slots() {
  for (const Slot& slot : slots_) {
    const auto line = std::find_if(agreed_.begin(), agreed_.end(),
                                   [&](const auto& entry) { return entry.second == slot.name; });
    const auto mine = mids_.find(slot.name);
    if (line != agreed_.end() && (mine == mids_.end() || mine->second.empty())) {
      mids_[slot.name] = line->first;
      outputs_.emplace_back(
          output::BindSlot{.connection = setting_.connection, .slot = slot.name, .mid = line->first});
    } else if (line == agreed_.end() && mine == mids_.end() && !(setting_.foreign && begun())) {
      mids_[slot.name] = {};
      outputs_.emplace_back(output::AddSlot{.connection = setting_.connection, .slot = slot});
    }
  }
}

/// Its m-lines have no names: the first of a kind that receives is for the first slot of that kind, and so
/// on.
SlotMap Negotiation::foreign_slots(const Description& offer) const {
  SlotMap slots;
  auto left = slots_;
  for (const MediaLine& line : media_lines(offer.sdp)) {
    const auto slot =
        std::find_if(left.begin(), left.end(), [&](const Slot& each) { return each.kind == line.kind; });
    if (slot == left.end() || line.mid.empty() || !line.receives) continue;
    slots.emplace(line.mid, slot->name);
    left.erase(slot);
  }
  return slots;
}

void Negotiation::local_description(const input::LocalDescription& result, Outbox& outbox) {
  if (operation_ != Operation::set_local) return;
  operation_ = Operation::none;
  if (!local_ || ice_ufrags(local_->sdp) != ice_ufrags(result.description.sdp)) local_candidates_.clear();
  local_ = result.description;
  if (result.description.type == SdpType::offer) {
    signaling_ = SignalingState::have_local_offer;
    // Also the m-lines that the peer has opened: if our answer to it was lost, it will have rolled its offer
    // back by the time that it reads this one.
    offered_ = agreed_;
    for (const auto& [mid, slot] : result.slots) offered_[mid] = slot;
    ++negotiation_;
  } else {
    agreed_.insert(result.slots.begin(), result.slots.end());
  }
  outbox.push_back(signal(result.description));
  for (const Candidate& candidate : std::exchange(unsent_candidates_, {})) local_candidate(candidate, outbox);
  if (result.description.type == SdpType::answer) {
    settle();
  } else {
    step();
  }
}

void Negotiation::local_candidate(const Candidate& candidate, Outbox& outbox) {
  if (operation_ == Operation::set_local) {
    if (unsent_candidates_.size() < limits.early_candidates) unsent_candidates_.push_back(candidate);
    return;
  }
  // One of an offer that was rolled back meanwhile belongs to no description that the peer will ever have.
  const auto& ufrag = candidate.username_fragment;
  if (ufrag && local_ && !ice_ufrags(local_->sdp).contains(*ufrag)) return;
  if (local_candidates_.size() < limits.early_candidates) local_candidates_.push_back(candidate);
  outbox.push_back(signal(candidate));
}

wire::Signal Negotiation::signal(std::variant<Description, Candidate> body) const {
  wire::LinkTag link{
      .connection = setting_.tag, .remote = remote_tag_, .negotiation = negotiation_, .slots = {}};
  if (const auto* description = std::get_if<Description>(&body)) {
    if (description->type == SdpType::answer) link.negotiation = remote_negotiation_;
    link.slots = description->type == SdpType::offer ? offered_ : agreed_;
  }
  return {.peer = setting_.peer, .body = std::move(body), .link = std::move(link)};
}

void Negotiation::assign(std::string peer, bool polite, Outbox& outbox) {
  setting_.peer = std::move(peer);
  setting_.polite = polite;
  repeat(true, outbox);
}

void Negotiation::open_slot(const Slot& slot) {
  const auto same = [&](const Slot& open) { return open.name == slot.name; };
  if (std::any_of(slots_.begin(), slots_.end(), same)) return;
  slots_.push_back(slot);
  // Before the first offer, and while one of the peer's is being answered, it is placed with the others.
  const bool answering = operation_ == Operation::apply_offer;
  if (!offer_due_ && !answering) place_slots();
}

void Negotiation::restart_ice() {
  restarting_ = true;
  outputs_.emplace_back(output::RestartIce{.connection = setting_.connection});
}

void Negotiation::repeat(bool candidates, Outbox& outbox) {
  const bool unanswered = operation_ == Operation::none && signaling_ == SignalingState::have_local_offer;
  if (!local_) return;
  if (unanswered) outbox.push_back(signal(*local_));
  if (!unanswered && !candidates) return;
  for (const Candidate& candidate : local_candidates_) outbox.push_back(signal(candidate));
}

void Negotiation::timeout(Instant now) {
  if (!due(offer_due_, now)) return;
  offer_due_.reset();
  place_slots();
  negotiation_needed();
}

}  // namespace parley
