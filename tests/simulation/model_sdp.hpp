#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/media.hpp"

namespace parley::simulation {

/// What a side of an m-line is willing to do (RFC 8866 section 6.7), from the describer's point of view.
struct Direction {
  bool send = false;
  bool receive = false;

  bool operator==(const Direction&) const = default;
  [[nodiscard]] Direction reversed() const { return {.send = receive, .receive = send}; }
  [[nodiscard]] Direction operator&(Direction other) const {
    return {.send = send && other.send, .receive = receive && other.receive};
  }
};

/// One m-line. Without a `kind` it is the data channel's.
struct ModelMedia {
  std::string mid;
  std::optional<MediaKind> kind;
  Direction direction;
};

/// The little of a session description that the rules of JSEP (RFC 8829) look at. Everything is bundled, so
/// there is one ICE generation for all m-lines.
struct ModelSdp {
  std::string fingerprint;  ///< of the describer's certificate: one for the life of an RTCPeerConnection
  std::string ufrag;
  std::string offer;  ///< names this offer, or the one that this answers
  std::vector<ModelMedia> media;
  std::vector<std::string> candidates;

  [[nodiscard]] const ModelMedia* find(std::string_view mid) const;
};

[[nodiscard]] std::string write_sdp(const ModelSdp& sdp);
/// Absent where the text is not a description of the model's.
[[nodiscard]] std::optional<ModelSdp> read_sdp(std::string_view text);

}  // namespace parley::simulation
