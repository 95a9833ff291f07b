#pragma once

#include <gst/app/gstappsrc.h>

#include <atomic>
#include <chrono>
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
  struct Setting {
    MediaKind kind = MediaKind::video;
    unsigned channels = 1;  ///< of sound
    /// Pictures that stand in for others are key frames that often.
    std::chrono::milliseconds segment{};
  };

  /// The first key frame of the pictures is the recording's beginning.
  Feed(Setting setting, std::shared_ptr<Beginning> beginning);

  [[nodiscard]] MediaKind kind() const { return setting_.kind; }
  /// For the recording's pipeline, which owns it.
  [[nodiscard]] GstElement* element() const { return GST_ELEMENT(source_.get()); }

  /// A frame whose timestamp is the running time of all pipelines.
  void push(GstBuffer* frame);
  /// Nothing has come up to that running time: silence, or the latest key frame again, stands in for it. The
  /// muxer waits for each of its tracks, and players need all of them in each segment.
  void fill(GstClockTime until);
  /// What stands in for pictures before there was a key frame.
  void show(Owned<GstBuffer> key_frame);
  /// Nothing goes in any more.
  void end();

 private:
  [[nodiscard]] bool is_video() const { return setting_.kind == MediaKind::video; }
  [[nodiscard]] bool enters(GstBuffer* frame);
  [[nodiscard]] bool goes_on_from(GstBuffer* frame) const;
  [[nodiscard]] Owned<GstBuffer> stand_in(GstClockTime at) const;
  void put(GstBuffer* frame);
  void hand_over();

  const Setting setting_;
  const std::shared_ptr<Beginning> beginning_;
  const Owned<GstAppSrc> source_;
  std::mutex mutex_;
  bool ended_ = false;
  bool filled_ = false;                             // the latest frame stood in for another
  Owned<GstBuffer> key_frame_;                      // the latest
  Owned<GstBuffer> silence_;                        // a frame of it
  GstClockTime latest_ = GST_CLOCK_TIME_NONE;       // of all frames
  GstClockTime latest_key_ = GST_CLOCK_TIME_NONE;   // of those that can begin a segment
  Owned<GstBufferList> waiting_;                    // frames, to be handed over together
  GstClockTime handed_over_ = GST_CLOCK_TIME_NONE;  // the latest frame that was
};

}  // namespace parley::hls
