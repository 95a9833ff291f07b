#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "media.hpp"

namespace parley {

/// The ICE user fragments of a description (RFC 8839 section 5.4): they tell its ICE generation.
[[nodiscard]] std::set<std::string> ice_ufrags(std::string_view sdp);

/// The certificates' fingerprints of a description (RFC 8122 section 5), of the session and of all its m-lines:
/// each once, the hash function in lower case and the digits in upper case, sorted, with line feeds in between.
[[nodiscard]] std::string fingerprints(std::string_view sdp);

/// An m-line of sound or pictures.
struct MediaLine {
  std::string mid;  ///< RFC 8843 section 8; empty where it has none
  MediaKind kind = MediaKind::audio;
  // RFC 8866 section 6.7; neither of them where the line is rejected.
  bool sends = true;
  bool receives = true;

  bool operator==(const MediaLine&) const = default;
};

/// In their order.
[[nodiscard]] std::vector<MediaLine> media_lines(std::string_view sdp);

}  // namespace parley
