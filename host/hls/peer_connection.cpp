#include "hls/peer_connection.hpp"

#include <algorithm>
#include <utility>

#include "hls/answer.hpp"

namespace parley::hls {

namespace {

/// An answer carries all candidates, since a WHIP client gets no more than the answer (RFC 9725,
/// section 4.3.1). One waits no longer than this for a STUN or TURN server that is silent; later candidates
/// are trickled.
constexpr std::chrono::milliseconds gathering_patience{2'000};

/// What createOffer() makes of a connection without transceivers.
constexpr const char* empty_offer = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

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
  given_ = {};
  used_ = gathered_ = answered_ = false;
  candidates_.clear();
  patience_.stop();
  intake_.pads_gone();
}

WebRtc::Events PeerConnection::events() {
  return {
      .candidate =
          [this](std::uint16_t line, std::string candidate) {
            candidates_.push_back(
                {.candidate = std::move(candidate),
                 .sdp_mid = {},
                 .sdp_m_line_index = static_cast<std::uint16_t>(given_.offered_line(offer_, line)),
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
  auto read = read_offer(description.sdp);
  if (!read) {
    refuse(std::move(read.error()));
    return;
  }
  if (auto fault = Fingerprints(description.sdp).fault()) {
    refuse(*std::move(fault));
    return;
  }
  Offer& offer = *read;
  auto fingerprints = offer.fingerprints();
  if (fingerprints.empty()) fingerprints = fingerprints_;
  const bool another = webrtc_ && fingerprints != fingerprints_;
  if (auto fault = !webrtc_ || another ? fault_of(offer) : std::nullopt) {
    refuse(*std::move(fault));
    return;
  }
  if (another) close();
  fingerprints_ = std::move(fingerprints);
  offer_ = std::move(offer);
  intake_.choose(offer_);
  const WebRtc::Done done = [this](std::optional<std::string> error) {
    if (error) {
      close();
      refuse(std::move(*error));
      return;
    }
    for (const OfferedLine& line : offer_.lines) {
      for (const std::string& candidate : offer_.transport_of(line).candidates) check(line.index, candidate);
    }
    signaling(SignalingState::have_remote_offer);
    report_(input::RemoteDescriptionApplied{.connection = id_});
  };
  if (!fit()) {
    take_offer_anew(done);
    return;
  }
  take_offer([this, done](const std::optional<std::string>& error) {
    if (error && used_) {
      take_offer_anew(done);
    } else {
      done(error);
    }
  });
}

void PeerConnection::refuse(std::string error) {
  intake_.refused(error);
  report_(input::RemoteDescriptionFailed{.connection = id_, .error = std::move(error)});
}

std::optional<std::string> PeerConnection::fault_of(const Offer& offer) {
  if (!offer.sends_something()) return "it sends neither sound nor video";
  if (!offer.sends_something_usable())
    return "nothing that it sends is in a codec that this host takes (H.264, VP8, VP9; Opus)";
  return std::nullopt;
}

bool PeerConnection::fit() {
  auto next = given_;
  if (!next.take(offer_)) return false;
  given_ = std::move(next);
  if (webrtc_ && given_.restarts_ice()) webrtc_->restart_ice();
  if (!webrtc_ || given_.restarts_ice()) filter_.restart();
  return true;
}

void PeerConnection::take_offer(const WebRtc::Done& done, const std::optional<Certificate>& certificate) {
  if (!webrtc_) webrtc_ = WebRtc::open(ice_servers_, events(), certificate);
  intake_.expect(offer_);
  webrtc_->take_offer(given_, done);
}

void PeerConnection::take_offer_anew(const WebRtc::Done& done) {
  close();
  if (fit()) {
    take_offer(done, new_certificate());
  } else {
    done("nothing in it is sound or video in a codec that this host takes");
  }
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
    if (!error && !made_answer()) error = "webrtcbin has rejected an m-line";
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

std::optional<std::string> PeerConnection::made_answer() const {
  return answer_to(offer_, given_, webrtc_->local_description());
}

void PeerConnection::fail_to_answer(std::string error) {
  close();
  intake_.refused(error);
  report_(input::LocalDescriptionFailed{.connection = id_, .error = std::move(error)});
}

void PeerConnection::report_answer() {
  if (!std::exchange(answered_, false)) return;
  patience_.stop();
  report_(input::LocalDescription{.connection = id_,
                                  .description = {.type = SdpType::answer, .sdp = made_answer().value_or("")},
                                  .slots = {}});
  if (given_.restarts_ice()) report_candidates();
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
  const std::string mid = candidate.sdp_mid.value_or("");
  const auto named = mid.empty() ? std::nullopt : offer_.line_of_mid(mid);
  check(named.value_or(candidate.sdp_m_line_index.value_or(offer_.tagged().value_or(0))),
        candidate.candidate);
}

void PeerConnection::check(std::size_t line, const std::string& candidate) {
  const auto transport = given_.transport_of(offer_, line);
  if (!transport) return;
  if (const auto allowed = filter_.admit(candidate, std::chrono::steady_clock::now()))
    webrtc_->add_candidate(static_cast<std::uint16_t>(*transport), *allowed);
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
