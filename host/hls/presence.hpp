#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace parley::hls {

/// Whether a publisher keeps its place, which is for streams that flow. It must have connected in time, and
/// then send; once it has, a pause in what it sends is no loss while it consents to be sent to (RFC 7675), as
/// one does whose camera and microphone are off. A peer that is gone does neither.
class Presence {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  enum class Verdict : std::uint8_t {
    here,
    not_connected,  ///< in time
    silent,         ///< connected, and has never sent any media
    gone,           ///< has sent media, and sends and consents no more
  };
  struct Look {
    bool offered = true;        ///< so that there is something to connect with
    bool connected = false;     ///< by ICE, so that it consents
    std::uint64_t media = 0;    ///< RTP packets so far, decrypted
    std::uint64_t packets = 0;  ///< RTP and RTCP packets so far, decrypted
  };

  /// Connecting takes a second or two by TURN over TCP, and a phone out of reach is back by then or later.
  static constexpr std::chrono::milliseconds patience{10'000};

  [[nodiscard]] Verdict observe(const Look& look, Instant now) {
    // A process that was stopped for a while has not waited.
    constexpr std::chrono::milliseconds longest_step{1'000};
    if (last_) waited_ += std::min<std::chrono::steady_clock::duration>(now - *last_, longest_step);
    last_ = now;
    if ((look.connected && !connected_) || !(look.offered || connected_)) waited_ = {};
    connected_ = connected_ || look.connected;
    if (look.media > 0) flowed_ = true;
    // Before any media, reports about none are no sign of a stream.
    const auto sign = flowed_ ? look.packets : 0;
    if (sign != packets_) waited_ = {};
    packets_ = sign;
    if (waited_ <= patience) return Verdict::here;
    if (!connected_) return Verdict::not_connected;
    if (!flowed_) return Verdict::silent;
    return look.connected ? Verdict::here : Verdict::gone;
  }
  /// Whether media has come.
  [[nodiscard]] bool flowed() const { return flowed_; }

 private:
  std::optional<Instant> last_;
  std::chrono::steady_clock::duration waited_{};  // for a sign of it
  std::uint64_t packets_ = 0;
  bool connected_ = false;
  bool flowed_ = false;
};

}  // namespace parley::hls
