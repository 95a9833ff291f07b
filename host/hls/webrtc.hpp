#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/output.hpp"
#include "core/states.hpp"
#include "hls/certificate.hpp"
#include "hls/given_lines.hpp"
#include "hls/gst.hpp"
#include "hls/loop.hpp"
#include "hls/transport_guard.hpp"
#include "hls/weight.hpp"

namespace parley::hls {

/// A pipeline with one webrtcbin that answers one publisher. All it tells, it tells on the main loop's
/// thread, but for `pad_added`.
class WebRtc : public std::enable_shared_from_this<WebRtc> {
 public:
  struct Events {
    std::function<void(std::uint16_t line, std::string candidate)> candidate;
    std::function<void(IceGatheringState)> gathering;
    std::function<void(IceConnectionState)> ice;
    std::function<void(PeerConnectionState)> connection;
    /// The peer has shown a certificate that no offer names. Nothing of it has been decrypted.
    std::function<void()> wrong_certificate;
    /// A pad with RTP. On one of GStreamer's threads, which goes on to the pad's data afterwards.
    std::function<void(GstElement* pipeline, GstPad* pad)> pad_added;
  };
  /// How an operation went: nothing, or what was wrong.
  using Done = std::function<void(std::optional<std::string> error)>;

  /// By default all webrtcbins of a process have one certificate.
  [[nodiscard]] static std::shared_ptr<WebRtc> open(const std::vector<IceServer>& ice_servers, Events events,
                                                    const std::optional<Certificate>& certificate);
  WebRtc(const WebRtc&) = delete;
  WebRtc& operator=(const WebRtc&) = delete;

  /// The latest offer; the publisher's certificates and sources are those that it names.
  void take_offer(const GivenLines& given, Done done);
  /// Makes the answer and sets it.
  void answer(Done done);
  /// With the candidates gathered so far.
  [[nodiscard]] std::string local_description() const;
  /// The next offer is of another ICE generation. What is there is used until a new path is found.
  void restart_ice();
  void add_candidate(std::uint16_t line, const std::string& candidate);
  /// RTP packets so far, and RTP and RTCP packets, of a publisher that is who it should be.
  [[nodiscard]] std::uint64_t media() const { return guard_->media(); }
  [[nodiscard]] std::uint64_t packets() const { return guard_->packets(); }
  [[nodiscard]] Weight& weight() { return weight_; }

 private:
  explicit WebRtc(Events events);

  void connect(const std::vector<IceServer>& ice_servers, const std::optional<Certificate>& certificate);
  void use(const Certificate& certificate);
  /// Starts an operation of webrtcbin that ends with a promise.
  void call(const char* operation, gpointer argument, Done done);
  void set_answer(const Done& done, GstPromise* created);

  struct IceCredentials {
    std::string ufrag;
    std::string password;
  };

  const Events events_;
  std::shared_ptr<TransportGuard> guard_;
  /// Stopped once it is nobody's. Each operation of webrtcbin has it until then: in the midst of one,
  /// webrtcbin 1.22 does not stop as a whole, and falls over when it goes.
  const std::shared_ptr<GstElement> pipeline_;
  Weight weight_;
  GstElement* const bin_;    // the pipeline's
  std::string fingerprint_;  // of a certificate that webrtcbin was given; it tells that of the key as well
  std::optional<IceCredentials> next_generation_;  // for the next answer
};

}  // namespace parley::hls
