#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/media.hpp"

namespace parley::hls {

/// What a publisher's m-lines can carry here. H.264 goes through as it is, everything else is transcoded.
enum class Codec : std::uint8_t { h264, vp8, vp9, opus };

[[nodiscard]] constexpr bool is_transcoded_video(Codec codec) {
  return codec == Codec::vp8 || codec == Codec::vp9;
}

/// As RTP names it, in upper case.
[[nodiscard]] std::string_view encoding_of(Codec codec);

/// An m-line of sound or pictures that the publisher sends on.
struct OfferedLine {
  std::size_t index = 0;  ///< among all m-lines
  MediaKind kind = MediaKind::video;
  std::optional<Codec> codec;  ///< nothing where it offers none of ours
  unsigned channels = 1;       ///< of sound: 2 where the publisher says so (RFC 7587, section 7.1)
  bool names_ssrc = false;     ///< webrtcbin knows its media by that (RFC 5576, section 4.1)

  bool operator==(const OfferedLine&) const = default;
};

/// More m-lines than that are refused: each may be a transport, some threads and a decoder. A camera, a
/// screen, a second camera and their sounds are six.
constexpr std::size_t max_offered_lines = 16;

/// Why this host takes no such offer, as the end of a sentence; nothing where it does.
[[nodiscard]] std::optional<std::string> fault_of_offer(std::string_view sdp);

/// What the publisher sends, with the best codec of each m-line.
[[nodiscard]] std::vector<OfferedLine> offered_lines(std::string_view sdp);

/// The same offer with no other choice than the codecs of `lines`, and their retransmissions (RFC 4588):
/// webrtcbin answers with the publisher's order of codecs otherwise. Lines without a codec are inactive. Each
/// has what the session says of all of them.
[[nodiscard]] std::string narrowed(std::string_view sdp, const std::vector<OfferedLine>& lines);

/// The answer that an offer with these m-lines gets, where webrtcbin 1.22 has made `answer`: it takes m-lines
/// that are rejected in the offer, as those of a stopped transceiver are, for ones that send nothing, and
/// browsers refuse that (RFC 8829, section 5.3.1; RFC 8843, section 7.3).
[[nodiscard]] std::string with_rejections(std::string_view answer, std::string_view offer);

/// The same answer, with the H.264 profiles of the offer (RFC 6184, section 8.2.2), which webrtcbin 1.22
/// leaves out where levels may differ. Chromium takes such an answer for one of another profile, and gives
/// that the payload type when it offers again.
[[nodiscard]] std::string with_profiles(std::string_view answer, std::string_view offer);

/// The same description of another certificate.
[[nodiscard]] std::string with_fingerprint(std::string_view sdp, std::string_view fingerprint);

/// The same description of another ICE generation (RFC 8839, section 5.4).
[[nodiscard]] std::string with_ice_credentials(std::string_view sdp, std::string_view ufrag,
                                               std::string_view password);

/// Which certificates the other end of a connection has (RFC 8122, section 5): another one is another
/// connection.
[[nodiscard]] std::string fingerprints(std::string_view sdp);

/// The index of the m-line with this mid (RFC 8843, section 8).
[[nodiscard]] std::optional<std::uint16_t> line_of_mid(std::string_view sdp, std::string_view mid);

}  // namespace parley::hls
