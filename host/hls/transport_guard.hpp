#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>

#include "hls/fingerprint.hpp"
#include "hls/source_limit.hpp"

namespace parley::hls {

/// Stands between a webrtcbin's network and its decryption: nothing passes before the peer has shown a
/// certificate that the description names (RFC 8827, section 6.5), and nothing once it has shown another. Of
/// whoever may send, a few sources pass (SourceLimit), before anything is kept for them.
///
/// webrtcbin 1.22 takes any certificate. Its dtlssrtpdec has `peer-pem` while the handshake is at the peer's
/// certificate, which is before there are keys.
class TransportGuard {
 public:
  /// `wrong`: the peer has shown another certificate. On one of GStreamer's threads, once for each transport.
  explicit TransportGuard(std::function<void()> wrong) : wrong_(std::move(wrong)) {}

  /// Watches all transports that `bin`, a webrtcbin, is going to have.
  static void watch(GstElement* bin, std::shared_ptr<TransportGuard> guard);

  /// The certificates of the description that is about to be set, the number of its m-lines, and the sources
  /// that it and those before it name.
  void expect(Fingerprints fingerprints, std::size_t lines, std::set<Ssrc> named);

  /// RTP packets that were decrypted so far.
  [[nodiscard]] std::uint64_t media() const { return media_; }
  /// The same, and RTCP.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  struct Transport;

  static void take_transport(const std::shared_ptr<TransportGuard>& guard, GstElement* dtls);
  void check(Transport& transport, GstElement* dtls);
  [[nodiscard]] bool admit(std::span<const Ssrc> sources);
  template <class Passes>
  static void filter_pad(GstElement* element, const char* name, Passes passes);

  const std::function<void()> wrong_;
  std::atomic<std::uint64_t> media_ = 0;
  std::atomic<std::uint64_t> packets_ = 0;
  std::mutex mutex_;
  Fingerprints expected_;
  SourceLimit sources_;
};

}  // namespace parley::hls
