#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/media.hpp"
#include "hls/sdp_section.hpp"

namespace parley::hls {

/// What a publisher's m-lines can carry here. H.264 goes through as it is, everything else is transcoded.
enum class Codec : std::uint8_t { h264, vp8, vp9, opus };

[[nodiscard]] constexpr bool is_transcoded_video(Codec codec) {
  return codec == Codec::vp8 || codec == Codec::vp9;
}

/// As RTP names it, in upper case.
[[nodiscard]] std::string_view encoding_of(Codec codec);

/// A payload type of an m-line (RFC 8866, section 6.6), with what is known of it here: parameters and
/// feedback that this host has no name for are left out.
struct Payload {
  std::string type;
  std::string encoding;                 ///< upper case
  std::string clock;                    ///< its clock rate, and the channels of sound: "48000/2"
  std::vector<std::string> parameters;  ///< "packetization-mode=1"
  std::vector<std::string> feedback;    ///< "nack pli"

  /// Nothing where it has no such parameter.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  /// Whether packets of this type mean the same. What a decoder reads from the stream as well may differ.
  [[nodiscard]] bool means(const Payload& other) const;
};

/// In the publisher's order of preference.
[[nodiscard]] std::vector<Payload> payloads_of(const SdpSection& section);

/// The codec that is best to take, of those that are offered.
[[nodiscard]] std::optional<Codec> best_codec(MediaKind kind, const std::vector<Payload>& payloads);

/// The best payload type of this codec, and those of its retransmissions (RFC 4588).
[[nodiscard]] std::vector<Payload> payloads_of_codec(Codec codec, const std::vector<Payload>& payloads);

/// A publisher that says neither `stereo=1` nor `sprop-stereo=1` sends mono (RFC 7587, section 6.1), as
/// browsers do; AAC of it is half of the work.
[[nodiscard]] unsigned channels_of(const Payload& opus);

}  // namespace parley::hls
