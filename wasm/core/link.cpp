#include "link.hpp"

#include <algorithm>
#include <utility>

#include "limits.hpp"
#include "state_names.hpp"

namespace parley {
namespace {

/// A browser's error may quote a whole description, which is the peer's.
std::string shortened(std::string_view error) {
  if (error.size() <= limits.error_bytes) return std::string(error);
  std::size_t end = limits.error_bytes;
  const auto continues = [&] { return (static_cast<unsigned char>(error[end]) & 0xC0U) == 0x80U; };
  while (end > 0 && continues()) --end;
  return std::string(error.substr(0, end)) + " …";
}

constexpr FixedReason foreign_client{
    .code = "foreign-client",
    .message = "This person’s app speaks another protocol, in which there is nothing to compare."};
constexpr FixedReason older_client{
    .code = "older-client", .message = "This person’s app is older, and does not know how to compare."};
constexpr FixedReason no_entropy{.code = "no-entropy",
                                 .message = "This app was not given what comparing takes."};

bool is_of_screen(std::string_view slot) {
  return slot == "screen" || slot == "screen-sound";
}

}  // namespace

Link::Link(PeerInfo info, bool polite, bool waits, LinkContext& context, Instant now)
    : info_(std::move(info)),
      polite_(polite),
      context_(context),
      bundle_(info_.is_foreign() ? BundlePolicy::balanced : BundlePolicy::max_bundle),
      connectivity_(polite),
      conversation_(info_.id, context.random.tag(), context.presence, context.verifies(), context.outputs),
      verification_(info_.id, context.outputs) {
  build(waits, now);
  conversation_.let_share(may_share());
  if (info_.is_foreign()) verification_.give_up(foreign_client);
}

Link::Link(PeerInfo info, bool polite, Beginning beginning, LinkContext& context, Instant now)
    : info_(std::move(info)),
      polite_(polite),
      context_(context),
      bundle_(BundlePolicy::max_bundle),
      connectivity_(polite),
      conversation_(info_.id, context.random.tag(), context.presence, context.verifies(), context.outputs),
      verification_(info_.id, context.outputs),
      negotiation_(std::move(beginning.negotiation)),
      signaling_(beginning.signaling),
      gathering_(beginning.gathering) {
  connectivity_.opened(now);
  conversation_.let_share(may_share());
  context_.outputs.emplace_back(output::AssignPeer{.connection = connection(), .peer = info_.id});
  Negotiation::Outbox outbox;
  negotiation_->assign(info_.id, polite_, outbox);
  send(outbox);
}

void Link::build(bool waits, Instant now) {
  connectivity_.opened(now);
  withheld_.clear();
  signaling_ = SignalingState::stable;
  gathering_ = IceGatheringState::fresh;
  ice_ = IceConnectionState::fresh;
  peer_connection_ = PeerConnectionState::fresh;
  negotiation_.emplace(Negotiation::Setting{.peer = info_.id,
                                            .polite = polite_,
                                            .waits = waits,
                                            .foreign = info_.is_foreign(),
                                            .bundle = bundle_,
                                            .connection = ++context_.last_connection,
                                            .tag = context_.random.tag(),
                                            .ice_servers = context_.ice_servers},
                       context_.slots, now, context_.outputs);
}

void Link::rebuild(bool waits, Instant now) {
  if (const auto& tag = negotiation_->remote_tag()) {
    retired_tags_.push_back(*tag);
    if (retired_tags_.size() > limits.retired) retired_tags_.pop_front();
  }
  close();
  record("repair", "fresh-connection", now);
  if (!info_.is_foreign()) verification_.wait();
  build(waits, now);
}

void Link::close() {
  conversation_.closed(connection());
  context_.outputs.emplace_back(output::ClosePeer{.connection = connection()});
}

void Link::perform(Connectivity::Repair repair, Instant now) {
  switch (repair) {
    case Connectivity::Repair::none:
      return;
    case Connectivity::Repair::restart_ice:
      record("repair", "ice-restart", now);
      negotiation_->restart_ice();
      return;
    case Connectivity::Repair::rebuild:
      rebuild(false, now);
      return;
  }
}

void Link::set_reachable(bool reachable, Instant now) {
  perform(connectivity_.reachable(reachable, now), now);
}

void Link::recover() {
  Negotiation::Outbox outbox;
  negotiation_->repeat(connectivity_.state() != LinkState::connected, outbox);
  send(outbox);
}

void Link::use_ice_servers() {
  context_.outputs.emplace_back(
      output::SetIceServers{.connection = connection(), .ice_servers = context_.ice_servers});
}

void Link::retry(Instant now) {
  perform(connectivity_.retry(), now);
}

/// Which connection a signal comes from and is for decides whether it is heard: stragglers of connections
/// that are no more are dropped, and a fresh connection of the peer's gets a fresh one of ours.
void Link::receive(wire::Signal signal, Instant now) {
  if (signal.link) {
    const wire::LinkTag& link = *signal.link;
    const auto retired = std::find(retired_tags_.begin(), retired_tags_.end(), link.connection);
    // Who says which of our connections it means knows what it is talking about.
    if (link.remote ? *link.remote != negotiation_->tag() : retired != retired_tags_.end()) return;
    const auto* description = std::get_if<Description>(&signal.body);
    const auto& known = negotiation_->remote_tag();
    if (known != link.connection) {
      if (description == nullptr) return;
      if (known && link.remote) {
        // It takes its connection to be joined to this one of ours, which is joined to another by now: only
        // fresh ones on both sides fit together again.
        rebuild(false, now);
        return;
      }
      if (known) {
        if (description->type != SdpType::offer) return;
        rebuild(true, now);
      }
    }
  }
  negotiation_->receive(std::move(signal));
}

void Link::open_slot(const Slot& slot) {
  negotiation_->open_slot(slot);
}

void Link::send(const Negotiation::Outbox& outbox) {
  for (const wire::Signal& signal : outbox) context_.transport.send(signal);
}

void Link::raise(Reason reason) {
  context_.outputs.emplace_back(output::ErrorRaised{.peer = info_.id, .reason = std::move(reason)});
}

void Link::record(std::string_view field, std::string_view value, Instant now) {
  timeline_.push_back({.at = now, .field = std::string(field), .value = std::string(value)});
  context_.outputs.emplace_back(output::PeerTracked{.peer = info_.id, .change = timeline_.back()});
  if (timeline_.size() > limits.timeline) timeline_.pop_front();
}

void Link::on(const input::NegotiationNeeded&, Instant) {
  negotiation_->negotiation_needed();
}

void Link::on(const input::LocalDescription& result, Instant) {
  Negotiation::Outbox outbox;
  negotiation_->local_description(result, outbox);
  check_keys();
  send(outbox);
}

void Link::on(const input::LocalDescriptionFailed& failure, Instant now) {
  const Reason reason{.code = "local-description-failed",
                      .message = "This browser could not set up a connection (" + shortened(failure.error) +
                                 "). Reload the page, or try another browser."};
  raise(reason);
  perform(connectivity_.broken(reason), now);
}

void Link::on(const input::RemoteDescriptionApplied&, Instant) {
  connectivity_.described();
  negotiation_->remote_description_applied();
  check_keys();
}

void Link::on(const input::RemoteDescriptionFailed& failure, Instant now) {
  const Reason reason{.code = "remote-description-failed",
                      .message = "This browser cannot use what this person's app says of its connection (" +
                                 shortened(failure.error) + "). Another browser, on either side, may help."};
  raise(reason);
  bundle_ = BundlePolicy::balanced;
  if (negotiation_->remote_description_failed()) {
    perform(connectivity_.broken(reason), now);
  } else {
    connectivity_.refused(reason);
  }
}

void Link::on(const input::LocalCandidate& gathered, Instant) {
  Negotiation::Outbox outbox;
  negotiation_->local_candidate(gathered.candidate, outbox);
  send(outbox);
}

void Link::on(const input::CandidateFailed& failure, Instant) {
  raise({.code = "candidate-refused",
         .message = "The browser refused one of the peer's candidates (" + shortened(failure.error) + ")."});
}

void Link::on(const input::SignalingStateChanged& change, Instant now) {
  signaling_ = change.state;
  record("signalingState", name(change.state), now);
}

void Link::on(const input::IceGatheringStateChanged& change, Instant now) {
  gathering_ = change.state;
  record("iceGatheringState", name(change.state), now);
}

void Link::on(const input::IceConnectionStateChanged& change, Instant now) {
  ice_ = change.state;
  connectivity_.changed(change.state);
  record("iceConnectionState", name(change.state), now);
}

void Link::on(const input::ConnectionStateChanged& change, Instant now) {
  peer_connection_ = change.state;
  record("connectionState", name(change.state), now);
  perform(connectivity_.changed(change.state, now), now);
}

void Link::on(const input::TrackAdded& track, Instant) {
  start(negotiation_->track_added(track.mid, track.kind));
}

void Link::on(const input::TrackFlows& track, Instant) {
  start(negotiation_->track_flows(track.mid));
}

void Link::update(PeerInfo info) {
  info_ = std::move(info);
  review_share();
}

void Link::review_share() {
  conversation_.let_share(may_share());
  if (may_share()) start(std::exchange(withheld_, {}));
}

void Link::start(const std::vector<NamedTrack>& tracks) {
  for (const NamedTrack& track : tracks) {
    if (is_of_screen(track.slot) && !may_share()) {
      withheld_.push_back(track);
      continue;
    }
    context_.outputs.emplace_back(output::TrackStarted{.peer = info_.id,
                                                       .slot = track.slot,
                                                       .kind = track.kind,
                                                       .connection = connection(),
                                                       .mid = track.mid});
  }
}

void Link::on(const input::ChannelOpened& opened, Instant now) {
  record("dataChannel", "open", now);
  conversation_.opened(opened.connection);
}

void Link::on(const input::ChannelClosed& closed, Instant now) {
  record("dataChannel", "closed", now);
  conversation_.closed(closed.connection);
  verification_.closed();
  connectivity_.channel_closed(now);
}

void Link::on(const input::ChannelMessage& message, Instant now) {
  const bool greeted = conversation_.greeted();
  const auto step = conversation_.received(message.connection, message.text, now);
  if (!greeted && conversation_.greeted()) begin_verification();
  if (!step) return;
  if (const auto answer = verification_.receive(*step)) conversation_.send(*answer);
}

void Link::begin_verification() {
  if (!context_.verifies()) return verification_.give_up(no_entropy);
  if (!conversation_.peer_verifies()) return verification_.give_up(older_client);
  const std::string number = std::to_string(++context_.last_nonce);
  Verification::Setting setting{
      .own = {.id = context_.self, .fingerprints = negotiation_->own_fingerprints()},
      .theirs = {.id = info_.id, .fingerprints = negotiation_->their_fingerprints()},
      .commits = !polite_,
      .nonce = to_hex(hash_fields({"parley-verify-1 nonce", context_.entropy, number}))};
  const auto step = verification_.begin(std::move(setting), info_.identity);
  if (step) conversation_.send(*step);
}

/// A browser takes another key in the middle of a call, and connects to whoever has it.
void Link::check_keys() {
  verification_.check(negotiation_->own_fingerprints(), negotiation_->their_fingerprints());
}

void Link::timeout(Instant now) {
  negotiation_->timeout(now);
  conversation_.timeout(now);
  perform(connectivity_.timeout(now), now);
}

Deadline Link::next_timeout() const {
  return earliest(negotiation_->next_timeout(),
                  earliest(connectivity_.next_timeout(), conversation_.next_timeout()));
}

void Link::announce(Instant now) {
  const LinkState state = connectivity_.state();
  const Reason& reason = connectivity_.reason();
  if (announced_state_ == state && announced_code_ == reason.code) return;
  if (announced_state_ != state) record("state", name(state), now);
  announced_state_ = state;
  announced_code_ = reason.code;
  context_.outputs.emplace_back(output::PeerStateChanged{.peer = info_.id, .state = state, .reason = reason});
}

PeerSnapshot Link::snapshot() const {
  return {.info = info_,
          .state = connectivity_.state(),
          .reason = connectivity_.reason(),
          .connection = connection(),
          .signaling = signaling_,
          .gathering = gathering_,
          .ice = ice_,
          .peer_connection = peer_connection_,
          .channel_open = conversation_.open(),
          .ice_restarts = connectivity_.restarts(),
          .rebuilds = connectivity_.rebuilds(),
          .presence = conversation_.presence(),
          .verification = verification_.info(),
          .timeline = {timeline_.begin(), timeline_.end()}};
}

}  // namespace parley
