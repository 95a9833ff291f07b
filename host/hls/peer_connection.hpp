#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/input.hpp"
#include "core/output.hpp"
#include "hls/candidate_filter.hpp"
#include "hls/given_lines.hpp"
#include "hls/offer.hpp"
#include "hls/presence.hpp"
#include "hls/webrtc.hpp"

namespace parley::hls {

/// Where a connection's media goes.
struct Intake {
  /// Notes in the publisher's offer what there is no place for, and tells the publisher what is left out.
  std::function<void(Offer& offer)> choose;
  /// What comes from now on is of this offer, whose lines say as which webrtcbin has been given them.
  std::function<void(const Offer& offer)> expect;
  /// The publisher's offer cannot be answered, for this reason.
  std::function<void(const std::string& error)> refused;
  /// The publisher has shown a certificate that its offer does not name.
  std::function<void()> wrong_certificate;
  /// On one of GStreamer's threads (see WebRtc::Events).
  std::function<void(GstElement* pipeline, GstPad* pad)> pad_added;
  /// All pads are gone, with their pipeline.
  std::function<void()> pads_gone;
};

/// An RTCPeerConnection of the core that answers and receives: does what the core says, reports what
/// happened, decides nothing.
///
/// There is a webrtcbin from the publisher's offer on. The core's own offer has no m-lines, since there is
/// nothing to send; it is gone with the publisher's, as webrtcbin 1.22 knows no rollback.
///
/// webrtcbin never sees the publisher's SDP, but what GivenLines makes of it; and the publisher never sees
/// webrtcbin's, but what answer_to() makes of that.
///
/// An offer with other certificates is another connection's (a publisher that begins anew), and gets another
/// webrtcbin. So does one that webrtcbin 1.22 cannot follow (GivenLines). The certificate of that webrtcbin
/// is another one, so the publisher makes another DTLS association with it (RFC 8842, section 5.3).
class PeerConnection {
 public:
  /// `filter` outlives it.
  PeerConnection(ConnectionId id, std::vector<IceServer> ice_servers, CandidateFilter& filter,
                 std::function<void(Input)> report, Intake intake);
  ~PeerConnection();
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  void set_remote_description(const Description& description);
  void set_local_description();
  void add_candidate(const Candidate& candidate);

  /// How it is doing now; `media` and `packets` are those of the webrtcbin of today.
  [[nodiscard]] Presence::Look look() const;

 private:
  [[nodiscard]] WebRtc::Events events();
  void close();
  void refuse(std::string error);
  /// Why there is nothing to receive, as the end of a sentence.
  [[nodiscard]] static std::optional<std::string> fault_of(const Offer& offer);
  /// False where webrtcbin cannot follow.
  [[nodiscard]] bool fit();
  void take_offer(const WebRtc::Done& done, const std::optional<Certificate>& certificate = {});
  /// What webrtcbin cannot follow or refuses in the midst of its life, another one may take.
  void take_offer_anew(const WebRtc::Done& done);
  void answer();
  [[nodiscard]] std::optional<std::string> made_answer() const;
  void fail_to_answer(std::string error);
  void report_answer();
  void report_candidates();
  void check(std::size_t line, const std::string& candidate);
  void signaling(SignalingState state);

  const ConnectionId id_;
  const std::vector<IceServer> ice_servers_;
  CandidateFilter& filter_;
  const std::function<void(Input)> report_;
  const Intake intake_;
  std::shared_ptr<WebRtc> webrtc_;
  Offer offer_;
  std::vector<std::string> fingerprints_;  // of the other end
  GivenLines given_;
  SignalingState signaling_ = SignalingState::stable;
  IceConnectionState ice_ = IceConnectionState::fresh;
  bool offered_ = false;               // the publisher has made an offer
  bool used_ = false;                  // webrtcbin has answered an offer before
  std::vector<Candidate> candidates_;  // gathered so far
  bool gathered_ = false;
  bool answered_ = false;  // the answer is set, and not reported yet
  Timer patience_;
};

}  // namespace parley::hls
