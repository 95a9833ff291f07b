#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parley::hls {

/// Cuts a transport stream (ISO/IEC 13818-1) into media segments (RFC 8216, section 3.2): each begins with
/// the tables that say what is in it and with a key frame, if one comes in time.
/// Pure: packets in, segments out.
class Segmenter {
 public:
  using Time = std::chrono::nanoseconds;  ///< of presentation

  struct Piece {
    std::string bytes;
    Time begins{};
    Time duration{};
    bool independent = true;  ///< it begins with a key frame
  };

  /// It is cut at key frames, unless a segment would become longer than `longest`.
  Segmenter(Time segment, Time longest) : segment_(segment), longest_(longest) {}

  /// The packets of the stream's PAT and PMT, for segments that the muxer does not begin with them.
  void set_tables(std::string_view tables) { tables_ = tables; }

  /// Some packets of a frame that is shown at that time. Returns the segment that ends where they begin.
  [[nodiscard]] std::optional<Piece> take(std::string_view packets, Time at, bool key_frame);
  /// What is left at the end of the stream.
  [[nodiscard]] std::optional<Piece> rest();

 private:
  [[nodiscard]] bool is_cut(Time at, bool key_frame) const;
  void watch(Time at);

  Time segment_;
  Time longest_;
  std::string tables_;
  std::optional<Piece> open_;
  Time latest_{};  // of all frames
  Time step_{};    // between the latest two
};

}  // namespace parley::hls
