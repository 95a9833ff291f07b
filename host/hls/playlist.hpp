#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::hls {

using WallClock = std::chrono::system_clock;

/// A media segment (RFC 8216, section 3).
struct Segment {
  std::string name;  ///< of its file, beside the playlist
  std::chrono::microseconds duration{};
  WallClock::time_point begins;  ///< EXT-X-PROGRAM-DATE-TIME
  bool discontinuity = false;    ///< it does not continue the one before
  bool independent = true;       ///< nothing of the ones before is needed to decode it

  bool operator==(const Segment&) const = default;
};

/// A live media playlist (RFC 8216, section 4.3.3) with a sliding window. Pure: text out, and text in after a
/// restart.
class Playlist {
 public:
  struct Shape {
    /// EXT-X-TARGETDURATION: no segment is longer, rounded to the nearest second. It grows with one that is,
    /// which a live playlist's is not to (section 6.2.1), and players put up with.
    std::chrono::seconds target{2};
    std::size_t window =
        6;  ///< segments listed; more where they last less than three targets (section 6.2.2)

    bool operator==(const Shape&) const = default;
  };

  explicit Playlist(Shape shape) : shape_(shape), target_(shape.target) {}

  /// What `text` says, which a playlist of this shape wrote; nothing where it is something else.
  [[nodiscard]] static std::optional<Playlist> read(std::string_view text, Shape shape);

  /// Also takes the end back. Returns what is not listed any more.
  std::vector<Segment> add(Segment segment);
  /// The latest segment is not there after all.
  void take_back() { segments_.pop_back(); }
  /// The next segment is from another encoder, or of other tracks (section 4.3.2.3).
  void interrupt();
  void end() { ended_ = true; }

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const std::deque<Segment>& segments() const { return segments_; }
  /// Of all that is listed.
  [[nodiscard]] std::chrono::microseconds duration() const;
  [[nodiscard]] std::string text() const;

  bool operator==(const Playlist&) const = default;

 private:
  [[nodiscard]] bool may_slide() const;

  Shape shape_;
  std::chrono::seconds target_;
  std::deque<Segment> segments_;
  std::uint64_t media_sequence_ = 0;
  std::uint64_t discontinuity_sequence_ = 0;
  bool interrupted_ = false;
  bool ended_ = false;
};

}  // namespace parley::hls
