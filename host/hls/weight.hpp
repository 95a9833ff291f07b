#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "hls/gst.hpp"

namespace parley::hls {

/// About how much memory the media of one connection takes. A process's memory has no owners, so this adds up
/// what makes a stream heavy, in bytes:
///
/// - its elements: each SSRC has some of its own, whatever it sends;
/// - what has come in and not gone out again as frames, in the last minutes: it waits somewhere;
/// - the pictures of a decoder.
///
/// It serves to compare streams, no more.
class Weight {
 public:
  /// Of a pipeline that has nothing in it yet, and outlives this.
  explicit Weight(GstElement* pipeline);
  ~Weight();
  Weight(const Weight&) = delete;
  Weight& operator=(const Weight&) = delete;

  /// To be called once a second.
  void tick();
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct Passed {
    std::atomic<std::uint64_t> in = 0;   ///< bytes from the network
    std::atomic<std::uint64_t> out = 0;  ///< bytes of frames
  };

  static void watch(GstElement* element, const std::shared_ptr<Passed>& passed);

  GstElement* const pipeline_;
  const std::shared_ptr<Passed> passed_ = std::make_shared<Passed>();
  gulong signal_ = 0;
  std::uint64_t seen_in_ = 0;
  std::uint64_t seen_out_ = 0;
  double kept_ = 0;  // came in and not out; forgotten over time
};

}  // namespace parley::hls
