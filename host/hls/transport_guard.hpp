#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <mutex>

#include "hls/fingerprint.hpp"

namespace parley::hls {

/// Stands between a webrtcbin's network and its decryption: nothing passes before the peer has shown a
/// certificate that the description names (RFC 8827, section 6.5), and nothing once it has shown another.
///
/// webrtcbin 1.22 takes any certificate. Its dtlssrtpdec has `peer-pem` while the handshake is at the peer's
/// certificate, which is before there are keys.
class TransportGuard {
 public:
  /// `wrong`: the peer has shown another certificate. On one of GStreamer's threads, once for each transport.
  explicit TransportGuard(std::function<void()> wrong) : wrong_(std::move(wrong)) {}

  /// Watches all transports that `bin`, a webrtcbin, is going to have.
  static void watch(GstElement* bin, std::shared_ptr<TransportGuard> guard);

  /// The certificates of the description that is about to be set.
  void expect(Fingerprints fingerprints);

 private:
  struct Transport;

  static void take_transport(const std::shared_ptr<TransportGuard>& guard, GstElement* dtls);
  void check(Transport& transport, GstElement* dtls);

  const std::function<void()> wrong_;
  std::mutex mutex_;
  Fingerprints expected_;
};

}  // namespace parley::hls
