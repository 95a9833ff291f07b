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

/// An m-line of sound or pictures that the publisher sends on.
struct OfferedLine {
  std::size_t index = 0;  ///< among all m-lines
  MediaKind kind = MediaKind::video;
  std::optional<Codec> codec;  ///< nothing where it offers none of ours

  bool operator==(const OfferedLine&) const = default;
};

/// What the publisher sends, with the best codec of each m-line.
[[nodiscard]] std::vector<OfferedLine> offered_lines(std::string_view sdp);

/// The same offer with no other choice than the codecs of `lines`, and their retransmissions (RFC 4588):
/// webrtcbin answers with the publisher's order of codecs otherwise. Lines without a codec are inactive. Each
/// has what the session says of all of them.
[[nodiscard]] std::string narrowed(std::string_view sdp, const std::vector<OfferedLine>& lines);

/// Which certificates the other end of a connection has (RFC 8122, section 5): another one is another
/// connection.
[[nodiscard]] std::string fingerprints(std::string_view sdp);

/// The index of the m-line with this mid (RFC 8843, section 8).
[[nodiscard]] std::optional<std::uint16_t> line_of_mid(std::string_view sdp, std::string_view mid);

}  // namespace parley::hls
