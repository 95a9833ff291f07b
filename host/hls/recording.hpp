#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hls/feed.hpp"
#include "hls/gst.hpp"
#include "hls/loop.hpp"
#include "hls/playlist.hpp"

namespace parley::hls {

/// Makes segments of tracks that stay the same: a video track, an audio track or both, muxed to MPEG-TS and
/// cut at key frames. Where the tracks change, another recording follows.
class Recording : public std::enable_shared_from_this<Recording> {
 public:
  struct Tracks {
    bool video = false;
    bool audio = false;

    bool operator==(const Tracks&) const = default;
  };
  struct Setting {
    Tracks tracks;
    std::filesystem::path files;  ///< of the segments, up to their number
    std::chrono::milliseconds segment{};
    WallClock::time_point epoch;  ///< when the running time of the publisher's pipeline was zero
  };
  enum class Failure : std::uint8_t { disk_full, other };
  struct Events {
    std::function<void(Segment)> segment;
    std::function<void(Failure, std::string sentence)> failed;
    /// One that was ended has told its last segment.
    std::function<void(const Recording*)> finished;
  };

  [[nodiscard]] static std::shared_ptr<Recording> start(Setting setting, Events events);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  [[nodiscard]] const Tracks& tracks() const { return setting_.tracks; }
  /// Whether a first frame went in.
  [[nodiscard]] bool begun() const { return GST_CLOCK_TIME_IS_VALID(beginning_->load()); }
  /// Nothing where it has no track of that kind.
  [[nodiscard]] std::shared_ptr<Feed> feed(MediaKind kind) const;
  /// No more frames: the last segment is closed, and finished() called.
  void end();

 private:
  Recording(Setting setting, Events events);

  void build();
  void on_message(GstMessage* message);
  void on_fragment(const GstStructure& fragment);
  void on_error(GstMessage* message);

  const Setting setting_;
  const Events events_;
  const Owned<GstElement> pipeline_;
  const std::shared_ptr<Beginning> beginning_;
  std::vector<std::shared_ptr<Feed>> feeds_;
  std::string open_file_;
  GstClockTime opened_at_ = 0;
  bool failed_ = false;
};

}  // namespace parley::hls
