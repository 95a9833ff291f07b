#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace parley::hls {

using Ssrc = std::uint32_t;

/// The SSRCs that a packet names as sources: of RTP the sender's and its contributors' (RFC 3550,
/// section 5.1). `packet` may be encrypted (RFC 3711 leaves headers as they are). Empty where it is no RTP.
[[nodiscard]] std::vector<Ssrc> sources_of_rtp(std::span<const std::uint8_t> packet);

/// The same of a compound RTCP packet that was decrypted: senders of reports, feedback and goodbyes, and whom
/// they describe (RFC 3550, section 6). Empty where it is malformed.
[[nodiscard]] std::vector<Ssrc> sources_of_rtcp(std::span<const std::uint8_t> packet);

/// Of an encrypted one, whose first header alone can be read. Empty where it is no RTCP.
[[nodiscard]] std::vector<Ssrc> sender_of_rtcp(std::span<const std::uint8_t> packet);

/// RTP and RTCP on one port are told apart by the second byte (RFC 5761, section 4).
[[nodiscard]] bool is_rtcp(std::span<const std::uint8_t> packet);

/// The sources that a connection may have: those that its offers name, and some others. For each, libsrtp
/// keeps keys, GStreamer a session's source, a jitter buffer and two threads, whether or not anything of it
/// can be decrypted.
class SourceLimit {
 public:
  /// That no offer names: media, its retransmission, and both again for a publisher that begins anew on the
  /// same line.
  static constexpr std::size_t sources_per_line = 4;
  /// The same of one connection, whatever it offers: a day of switching cameras, in some hundred KiB.
  static constexpr std::size_t most_sources = 256;

  /// The next offer, with so many m-lines: what it says may come from other sources than before. Those that
  /// it or one before it has named (GivenLines bounds them) pass, however many others came first.
  void begin(std::size_t lines, std::set<Ssrc> named);
  /// Whether a packet with these sources may pass. Those that are new take places, all of them or none.
  [[nodiscard]] bool admit(std::span<const Ssrc> sources);
  /// Of those that no offer names.
  [[nodiscard]] std::size_t size() const { return others_.size(); }

 private:
  std::set<Ssrc> named_;
  std::size_t most_others_ = sources_per_line;
  std::set<Ssrc> others_;
};

}  // namespace parley::hls
