#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "hls/black_picture.hpp"
#include "hls/feed.hpp"
#include "hls/gst.hpp"
#include "hls/offer.hpp"

namespace parley::hls {

/// What a publisher sends on one m-line, from RTP to frames that go into segments: H.264 as it came or
/// transcoded, Opus as AAC.
class Track {
 public:
  /// Takes an RTP pad; on the thread that added it, before its data.
  [[nodiscard]] static std::shared_ptr<Track> attach(GstElement* pipeline, GstPad* pad,
                                                     const OfferedLine& line);

  [[nodiscard]] const OfferedLine& line() const { return line_; }
  /// Whether its SSRC is one of the line's.
  [[nodiscard]] bool is_named() const { return named_; }
  /// RTP packets so far, whatever becomes of them.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  /// So far; a number that stays the same is a track that stopped.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  [[nodiscard]] std::uint64_t key_frames() const { return key_frames_; }

  /// Of the latest key frame.
  [[nodiscard]] PictureSize size() const { return size_; }

  /// Its frames go there, too, from now on. The first one also gets the frames that were there before it: a
  /// publisher may not have another key frame for long.
  void feed(std::shared_ptr<Feed> feed);
  void stop_feeding(const std::shared_ptr<Feed>& feed);
  /// Another one has its place: what still comes is not looked at.
  void retire() { retired_ = true; }

  /// Of the publisher, or of the encoder where it is transcoded.
  void request_key_frame();

 private:
  Track(OfferedLine line, bool named) : line_(std::move(line)), named_(named) {}

  void take(GstSample* sample);
  void keep_early(GstBuffer* frame);

  const OfferedLine line_;
  const bool named_;
  Owned<GstPad> asked_for_key_frames_;
  std::optional<GstClockTime> last_sound_;  // of the thread that brings the frames
  std::atomic<std::uint64_t> packets_ = 0;
  std::atomic<std::uint64_t> frames_ = 0;
  std::atomic<std::uint64_t> key_frames_ = 0;
  std::atomic<PictureSize> size_ = PictureSize{};
  std::atomic<bool> retired_ = false;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Feed>> feeds_;
  std::vector<Owned<GstBuffer>> early_;  // that nobody has taken yet
  bool keeps_early_ = true;
};

}  // namespace parley::hls
