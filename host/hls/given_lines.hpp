#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hls/offer.hpp"

namespace parley::hls {

/// The m-lines that one webrtcbin has been given, across all offers of its publisher.
///
/// webrtcbin 1.22 follows few of the changes that an offer may make to the one before: it aborts where two
/// m-lines exchange their mids, and takes no other kind, codec or transport on an m-line. So it has m-lines
/// of its own. Each is one of the publisher's that has sent something, with a mid that never changes; it may
/// fall silent, and nothing else about it changes. More are appended. What does not fit into that needs
/// another webrtcbin.
class GivenLines {
 public:
  /// Fits the next offer in, and notes in its lines as which they are given. False where this webrtcbin
  /// cannot follow; then this is of no use any more.
  [[nodiscard]] bool take(Offer& offer);

  /// What webrtcbin gets to see of the latest offer.
  [[nodiscard]] std::string sdp() const;
  /// The latest offer is of another ICE generation (RFC 8839, section 4.4.1.1.1).
  [[nodiscard]] bool restarts_ice() const { return restarts_ice_; }

  [[nodiscard]] std::size_t size() const { return lines_.size(); }
  /// That offers have named so far, which webrtcbin keeps; 256 at most.
  [[nodiscard]] const std::set<std::uint32_t>& ssrcs() const { return ssrcs_; }
  /// Whether the publisher sends on it.
  [[nodiscard]] bool sends(std::size_t given) const { return lines_.at(given).sends; }
  /// With which of its m-lines webrtcbin takes candidates of one of the publisher's; nothing where it needs
  /// none.
  [[nodiscard]] std::optional<std::size_t> transport_of(const Offer& offer, std::size_t offered) const;
  /// Whose candidates those are that webrtcbin has for one of its m-lines.
  [[nodiscard]] std::size_t offered_line(const Offer& offer, std::size_t given) const;

 private:
  struct Line {
    std::size_t offered = 0;
    MediaKind kind = MediaKind::video;
    std::vector<Payload> payloads;
    bool multiplexed = false;
    bool sends = false;
    std::vector<std::uint32_t> ssrcs;
    bool dtls_client = false;  // the publisher, for good
    OfferedTransport transport;
  };

  [[nodiscard]] bool take_line(OfferedLine& line, const OfferedTransport& transport);
  [[nodiscard]] bool take_known(Line& known, const OfferedLine& line, const OfferedTransport& transport);
  [[nodiscard]] bool add(OfferedLine& line, const OfferedTransport& transport);
  [[nodiscard]] bool take_transports(const Offer& offer);
  [[nodiscard]] bool clashes(const OfferedLine& line) const;

  bool bundled_ = false;
  bool restarts_ice_ = false;
  std::string origin_;
  std::vector<Line> lines_;
  std::map<std::size_t, std::size_t> given_;  // by the publisher's m-line, the latest of ours
  std::set<std::uint32_t> ssrcs_;             // webrtcbin forgets none of these
};

}  // namespace parley::hls
