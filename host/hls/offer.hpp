#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/media.hpp"
#include "hls/payload.hpp"

namespace parley::hls {

/// Where a publisher is reached, and with which certificate: of an m-line, or of all in one BUNDLE group.
struct OfferedTransport {
  std::string ufrag;
  std::string password;
  std::vector<std::string> fingerprints;  ///< "sha-256 AA:BB"
  bool dtls_client = false;               ///< it begins the DTLS handshake (`a=setup:active`)
  bool dtls_server = false;               ///< it waits for that (`a=setup:passive`); either, where neither
  std::vector<std::string> candidates;    ///< "candidate:…"

  [[nodiscard]] bool same_ice(const OfferedTransport& other) const {
    return ufrag == other.ufrag && password == other.password;
  }
};

/// An m-line of a publisher's offer.
struct OfferedLine {
  std::size_t index = 0;  ///< among all m-lines
  std::string media;      ///< "video"
  std::string protocol;   ///< "UDP/TLS/RTP/SAVPF"
  std::vector<std::string> formats;
  std::string mid;             ///< empty where it has none
  bool rejected = false;       ///< by the publisher itself: port zero
  bool bundled = false;        ///< in the offer's BUNDLE group
  bool multiplexed = false;    ///< RTP and RTCP on one port
  bool takes_part = false;     ///< sound or video that is not rejected, in the group if there is one
  bool sends = false;          ///< if it takes part: sendrecv or sendonly
  OfferedTransport transport;  ///< its own, if it takes part and there is no group

  MediaKind kind = MediaKind::video;  ///< if it takes part
  std::optional<Codec> codec;         ///< nothing where it offers none of ours
  std::vector<Payload> payloads;      ///< of the codec; without one, the first that is offered
  bool clashes = false;               ///< its payload types mean something else in another m-line
  bool denied = false;                ///< this host has no place to transcode it
  unsigned channels = 1;              ///< of sound: 2 where the publisher says so (RFC 7587, section 7.1)
  std::vector<std::uint32_t> ssrcs;   ///< webrtcbin knows its media by these (RFC 5576, section 4.1)

  /// As which of its own m-lines webrtcbin knows it.
  std::optional<std::size_t> given;
};

/// What a publisher's offer says, as far as this host reads it. All of it is checked: what webrtcbin and
/// GStreamer's SDP parser see is written anew from it.
struct Offer {
  std::string origin;  ///< session id and version: "123 2"
  bool trickles = false;
  bool bundled = false;
  std::vector<OfferedLine> lines;
  std::vector<std::size_t>
      group;                   ///< the indices of those in the BUNDLE group, in its order, if there is one
  OfferedTransport transport;  ///< the group's: its first m-line's counts (RFC 8843, section 7.1.3)

  [[nodiscard]] const OfferedTransport& transport_of(const OfferedLine& line) const {
    return bundled ? transport : line.transport;
  }
  /// The m-line whose candidates count for the group.
  [[nodiscard]] std::optional<std::size_t> tagged() const;
  [[nodiscard]] std::optional<std::size_t> line_of_mid(std::string_view mid) const;
  /// Whether something comes of it that this host can take.
  [[nodiscard]] bool sends_something() const;
  [[nodiscard]] bool sends_something_usable() const;
  /// Which certificates the other end has (RFC 8122, section 5): others are another connection's.
  [[nodiscard]] std::vector<std::string> fingerprints() const;
};

/// More m-lines than that are refused: each may be a transport, some threads and a decoder. A camera, a
/// screen, a second camera and their sounds are six.
constexpr std::size_t max_offered_lines = 16;

/// Of one m-line; more are not read. Three sizes of a picture, each with its retransmissions, are six.
constexpr std::size_t max_ssrcs_of_line = 8;

/// Of one m-line; more are not read. A machine with four addresses in two families, behind STUN and TURN, has
/// as many.
constexpr std::size_t max_candidates_of_line = 24;

/// The offer; or why this host takes no such offer, as the end of a sentence.
[[nodiscard]] Result<Offer, std::string> read_offer(std::string_view sdp);

}  // namespace parley::hls
