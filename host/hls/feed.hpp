#pragma once

#include <gst/app/gstappsrc.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "core/media.hpp"
#include "hls/gst.hpp"

namespace parley::hls {

/// When a recording's first frame is to be shown. Nothing before it goes in: a segment starts with a key
/// frame, and its sound with that.
using Beginning = std::atomic<GstClockTime>;

/// So much is handed to the muxer at once: waking its threads for each frame costs more than its work does. A
/// key frame, which ends a segment, is handed over as it comes; the sound before it is this much later at
/// most.
constexpr GstClockTime handed_at_once = 100 * GST_MSECOND;

/// Where one track's frames enter a recording. Frames come from GStreamer's threads.
class Feed {
 public:
  /// `leads`: its first key frame is the recording's beginning. `channels`: of its sound.
  Feed(MediaKind kind, bool leads, unsigned channels, std::shared_ptr<Beginning> beginning);

  [[nodiscard]] MediaKind kind() const { return kind_; }
  /// For the recording's pipeline, which owns it.
  [[nodiscard]] GstElement* element() const { return GST_ELEMENT(source_.get()); }

  /// A frame whose timestamp is the running time of the publisher's pipeline.
  void push(GstBuffer* frame);
  /// Nothing goes in any more.
  void end();

 private:
  [[nodiscard]] bool enters(GstBuffer* frame);
  [[nodiscard]] bool is_due(GstBuffer* frame) const;
  void hand_over();

  const MediaKind kind_;
  const bool leads_;
  const std::shared_ptr<Beginning> beginning_;
  const Owned<GstAppSrc> source_;
  std::mutex mutex_;
  bool ended_ = false;
  Owned<GstBufferList> waiting_;                    // frames, to be handed over together
  GstClockTime handed_over_ = GST_CLOCK_TIME_NONE;  // the latest frame that was
};

}  // namespace parley::hls
