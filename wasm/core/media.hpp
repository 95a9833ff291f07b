#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace parley {

/// RTCSdpType. A rollback is always implicit (W3C WebRTC 4.4.1.5), so nobody names it.
enum class SdpType { offer, answer };

/// RTCSessionDescription. The core reads little in the SDP: sdp.hpp.
struct Description {
  SdpType type = SdpType::offer;
  std::string sdp;

  bool operator==(const Description&) const = default;
};

/// RTCIceCandidateInit. An empty `candidate` is end-of-candidates (RFC 8838 section 8.2).
struct Candidate {
  std::string candidate;
  std::optional<std::string> sdp_mid;
  std::optional<std::uint16_t> sdp_m_line_index;
  std::optional<std::string> username_fragment;

  bool operator==(const Candidate&) const = default;
};

enum class MediaKind { audio, video };

/// A slot is an m-line with a name ("microphone", "camera", "screen") that both sides may send on. What flows
/// in it changes with RTCRtpSender.replaceTrack and so never needs a negotiation; only opening one does.
struct Slot {
  std::string name;
  MediaKind kind = MediaKind::video;

  bool operator==(const Slot&) const = default;
};

/// Which m-line (by its `mid`) carries which slot. Travels beside each description.
using SlotMap = std::map<std::string, std::string>;

/// What a person shows of themselves at this moment; travels from peer to peer over the data channel.
struct Presence {
  bool microphone = false;
  bool camera = false;
  bool screen = false;

  bool operator==(const Presence&) const = default;
};

}  // namespace parley
