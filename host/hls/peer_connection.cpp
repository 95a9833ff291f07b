#include "hls/peer_connection.hpp"

#include <algorithm>
#include <utility>

#include "core/sdp.hpp"
#include "hls/offer.hpp"

namespace parley::hls {

namespace {

/// An answer carries all candidates, since a WHIP client gets no more than the answer (RFC 9725,
/// section 4.3.1). One waits no longer than this for a STUN or TURN server that is silent; later candidates
/// are trickled.
constexpr std::chrono::milliseconds gathering_patience{2'000};

/// What createOffer() makes of a connection without transceivers.
constexpr const char* empty_offer = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

/// Whether all m-lines have another ICE generation (RFC 8839, section 4.4.1.1.1).
bool is_ice_restart(const std::string& before, const std::string& now) {
  const auto generations = ice_ufrags(now);
  return std::ranges::none_of(ice_ufrags(before),
                              [&](const std::string& ufrag) { return generations.contains(ufrag); });
}

}  // namespace

PeerConnection::PeerConnection(ConnectionId id, std::vector<IceServer> ice_servers, CandidateFilter& filter,
                               std::function<void(Input)> report, Intake intake)
    : id_(id),
      ice_servers_(std::move(ice_servers)),
      filter_(filter),
      report_(std::move(report)),
      intake_(std::move(intake)) {}

PeerConnection::~PeerConnection() {
  close();
}

void PeerConnection::close() {
  if (!webrtc_) return;
  webrtc_.reset();
  ice_ = IceConnectionState::fresh;
  used_ = gathered_ = answered_ = false;
  candidates_.clear();
  patience_.stop();
  intake_.pads_gone();
}

WebRtc::Events PeerConnection::events() {
  return {
      .candidate =
          [this](std::uint16_t line, std::string candidate) {
            candidates_.push_back({.candidate = std::move(candidate),
                                   .sdp_mid = {},
                                   .sdp_m_line_index = line,
                                   .username_fragment = {}});
            report_(input::LocalCandidate{.connection = id_, .candidate = candidates_.back()});
          },
      .gathering =
          [this](IceGatheringState state) {
            report_(input::IceGatheringStateChanged{.connection = id_, .state = state});
            gathered_ = state == IceGatheringState::complete;
            if (gathered_) report_answer();
          },
      .ice =
          [this](IceConnectionState state) {
            ice_ = state;
            report_(input::IceConnectionStateChanged{.connection = id_, .state = state});
          },
      .connection =
          [this](PeerConnectionState state) {
            report_(input::ConnectionStateChanged{.connection = id_, .state = state});
          },
      .wrong_certificate = intake_.wrong_certificate,
      .pad_added = intake_.pad_added,
  };
}

void PeerConnection::set_remote_description(const Description& description) {
  if (description.type == SdpType::answer) {
    report_(input::RemoteDescriptionFailed{.connection = id_, .error = "there is nothing to answer"});
    return;
  }
  offered_ = true;
  auto fault = fault_of_offer(description.sdp);
  if (!fault) fault = Fingerprints(description.sdp).fault();
  if (fault) {
    intake_.refused(*fault);
    report_(input::RemoteDescriptionFailed{.connection = id_, .error = *std::move(fault)});
    return;
  }
  if (fingerprints(remote_sdp_) != fingerprints(description.sdp)) close();
  restarts_ice_ = webrtc_ && is_ice_restart(remote_sdp_, description.sdp);
  if (restarts_ice_) webrtc_->restart_ice();
  if (restarts_ice_ || !webrtc_) filter_.restart();
  remote_sdp_ = description.sdp;
  offer_ = without_addresses(intake_.narrow(description.sdp));
  const WebRtc::Done done = [this](std::optional<std::string> error) {
    if (error) {
      intake_.refused(*error);
      report_(input::RemoteDescriptionFailed{.connection = id_, .error = std::move(*error)});
      return;
    }
    for (const LineCandidate& each : candidates_in(remote_sdp_)) check(each.line, each.text);
    signaling(SignalingState::have_remote_offer);
    report_(input::RemoteDescriptionApplied{.connection = id_});
  };
  take_offer([this, done](const std::optional<std::string>& error) {
    if (error && used_) {
      take_offer_anew(done);
    } else {
      done(error);
    }
  });
}

void PeerConnection::take_offer(const WebRtc::Done& done, const std::optional<Certificate>& certificate) {
  if (!webrtc_) webrtc_ = WebRtc::open(ice_servers_, events(), certificate);
  webrtc_->take_offer(offer_, Fingerprints(remote_sdp_), done);
}

void PeerConnection::take_offer_anew(const WebRtc::Done& done) {
  close();
  take_offer(done, new_certificate());
}

/// Provisional answers are for a fault of Chromium's, so the answer is set at once.
void PeerConnection::set_local_description() {
  if (signaling_ != SignalingState::have_remote_offer) {
    signaling(SignalingState::have_local_offer);
    report_(input::LocalDescription{
        .connection = id_, .description = {.type = SdpType::offer, .sdp = empty_offer}, .slots = {}});
    return;
  }
  answer();
}

void PeerConnection::answer() {
  webrtc_->answer([this](std::optional<std::string> error) {
    if (error && used_) {
      take_offer_anew([this](std::optional<std::string> refused) {
        if (refused) {
          fail_to_answer(std::move(*refused));
        } else {
          answer();
        }
      });
      return;
    }
    if (error) {
      fail_to_answer(std::move(*error));
      return;
    }
    used_ = answered_ = true;
    signaling(SignalingState::stable);
    if (gathered_) {
      report_answer();
    } else {
      patience_.once(gathering_patience, [this] { report_answer(); });
    }
  });
}

void PeerConnection::fail_to_answer(std::string error) {
  intake_.refused(error);
  report_(input::LocalDescriptionFailed{.connection = id_, .error = std::move(error)});
}

void PeerConnection::report_answer() {
  if (!std::exchange(answered_, false)) return;
  patience_.stop();
  auto sdp = with_profiles(with_rejections(webrtc_->local_description(), remote_sdp_), remote_sdp_);
  report_(input::LocalDescription{
      .connection = id_, .description = {.type = SdpType::answer, .sdp = std::move(sdp)}, .slots = {}});
  if (std::exchange(restarts_ice_, false)) report_candidates();
}

/// The publisher forgets those of the generation before, and webrtcbin 1.22, which gathers no others, does
/// not tell them again.
void PeerConnection::report_candidates() {
  for (const Candidate& candidate : candidates_)
    report_(input::LocalCandidate{.connection = id_, .candidate = candidate});
}

void PeerConnection::add_candidate(const Candidate& candidate) {
  // The end of candidates tells webrtcbin 1.22 nothing.
  if (!webrtc_ || candidate.candidate.empty()) return;
  const auto line = candidate.sdp_mid ? line_of_mid(remote_sdp_, *candidate.sdp_mid) : std::nullopt;
  check(line.value_or(candidate.sdp_m_line_index.value_or(0)), candidate.candidate);
}

void PeerConnection::check(std::size_t line, const std::string& candidate) {
  if (const auto allowed = filter_.admit(candidate, std::chrono::steady_clock::now()))
    webrtc_->add_candidate(static_cast<std::uint16_t>(line), *allowed);
}

Presence::Look PeerConnection::look() const {
  if (!webrtc_) return {.offered = offered_};
  return {.connected = ice_ == IceConnectionState::connected || ice_ == IceConnectionState::completed,
          .media = webrtc_->media(),
          .packets = webrtc_->packets()};
}

void PeerConnection::signaling(SignalingState state) {
  if (std::exchange(signaling_, state) == state) return;
  report_(input::SignalingStateChanged{.connection = id_, .state = state});
}

}  // namespace parley::hls
