#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "hls/feed.hpp"
#include "hls/gst.hpp"
#include "hls/loop.hpp"
#include "hls/playlist.hpp"
#include "hls/segmenter.hpp"

namespace parley::hls {

/// Makes segments of one video track and one audio track, muxed to MPEG-TS. Each segment has both (RFC 8216,
/// section 4.3.2.3), whatever the publisher sends: see Feed::fill(). Where the pictures come from elsewhere,
/// another recording follows.
///
/// It cuts and writes by itself, since splitmuxsink closes a segment only when the next one's pictures have
/// all come, which is a segment's duration of delay.
class Recording : public std::enable_shared_from_this<Recording> {
 public:
  struct Setting {
    unsigned channels = 1;        ///< of its sound
    std::filesystem::path files;  ///< of the segments, up to their number
    std::chrono::milliseconds segment{};
    std::chrono::milliseconds longest_segment{};
    WallClock::time_point epoch;  ///< when the running time of all pipelines was zero
  };
  struct Failure {
    bool disk_full = false;
    std::string sentence;
  };
  [[nodiscard]] static Failure failure_to_write(const std::error_code& error);
  /// On the main loop's thread.
  struct Events {
    std::function<void(Segment)> segment;
    std::function<void(const Failure&)> failed;
    /// One that was ended has told its last segment.
    std::function<void(const Recording*)> finished;
  };

  [[nodiscard]] static std::shared_ptr<Recording> start(Setting setting, Events events);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// Whether a first frame went in.
  [[nodiscard]] bool begun() const { return GST_CLOCK_TIME_IS_VALID(beginning_->load()); }
  [[nodiscard]] const std::shared_ptr<Feed>& feed(MediaKind kind) const {
    return kind == MediaKind::video ? video_ : audio_;
  }
  /// No more frames: the last segment is closed, and finished() called.
  void end();

 private:
  class Writer;

  Recording(Setting setting, Events events);

  void build();
  void watch_errors();
  void fail(const Failure& failure);

  const Setting setting_;
  const Events events_;
  const Owned<GstElement> pipeline_;
  const std::shared_ptr<Beginning> beginning_;
  const std::shared_ptr<Feed> video_;
  const std::shared_ptr<Feed> audio_;
  bool failed_ = false;
};

}  // namespace parley::hls
