#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hls/liveness.hpp"
#include "hls/peer_connection.hpp"
#include "hls/pipe.hpp"
#include "hls/publication.hpp"
#include "hls/recording.hpp"
#include "hls/track.hpp"
#include "hls/transcoding.hpp"

namespace parley::hls {

/// What a publisher sends, made into channels: the tracks of its connection, and a recording of those that
/// flow at the moment for each channel. Each video track is a channel, in the offer's order; all channels
/// have the sound. A channel that has begun goes on for as long as the publisher is there: a black picture
/// and silence stand in for what it does not send.
class Media : public std::enable_shared_from_this<Media> {
 public:
  struct Events {
    /// A first frame has come.
    std::function<void()> flows;
    std::function<void(pipe::NoticeCode, std::string sentence)> notice;
    /// Nothing more comes: as if the publisher had left, after a notice, or had been lost.
    std::function<void(pipe::Departure)> over;
  };

  struct Timing {
    std::chrono::milliseconds segment{};          ///< as long as they are to be
    std::chrono::milliseconds longest_segment{};  ///< where no key frame comes
  };

  Media(Publication& publication, Transcoding& transcoding, Timing timing, Events events);

  [[nodiscard]] Intake intake();
  /// Closes the last segments, and calls that then.
  void finish(std::function<void()> finished);

 private:
  using Instant = std::chrono::steady_clock::time_point;

  struct Flow {
    std::shared_ptr<Track> track;
    Liveness packets;
    Liveness frames;
    Liveness key_frames;
    Instant waiting_since;  ///< for a key frame, while there is something of this track

    void observe(Instant now);
    /// Whether it is worth recording: there are frames, and of pictures a key frame since they began or came
    /// back.
    [[nodiscard]] bool flows(Instant now) const;

   private:
    [[nodiscard]] std::chrono::milliseconds patience() const;
  };
  /// What flows of a channel.
  struct Sources {
    std::shared_ptr<Track> video;
    std::shared_ptr<Track> audio;
  };
  struct Output {
    std::shared_ptr<Recording> recording;
    std::shared_ptr<Track> video;  // nothing: the picture is black
    std::shared_ptr<Track> audio;  // the latest that was heard
    unsigned channels = 0;         // of its sound; 0 before there was a recording
    PictureSize size;              // of the latest picture
  };

  void choose(Offer& offer);
  void expect(const Offer& offer);
  void number_channels();
  void attach(GstElement* pipeline, GstPad* pad);
  [[nodiscard]] std::optional<OfferedLine> line_for(GstPad* pad);
  void attached(std::shared_ptr<Track> track);
  void forget_tracks();

  void tick();
  void observe(Instant now);
  void let_newcomers_in(Instant now);
  [[nodiscard]] bool settled(Instant now);
  [[nodiscard]] std::shared_ptr<Track> flowing(std::size_t line, Instant now) const;
  void feed_channel(unsigned number, const Sources& sources);
  [[nodiscard]] unsigned sound_channels(const Output& output, const Sources& sources) const;
  void hear(Output& output, std::shared_ptr<Track> audio);
  void begin(unsigned number, Output& output);
  void end(Output& output);
  void ended(const Recording* recording);
  void take_segment(unsigned number, bool first, Segment segment);
  void watch_key_frames(Instant now);
  void fail(const Recording::Failure& failure);

  Publication& publication_;
  Transcoding& transcoding_;
  const Timing timing_;
  const Events events_;

  std::mutex lines_mutex_;  // expect() writes them, pads are added on other threads
  std::vector<OfferedLine> lines_;
  std::set<std::size_t> taken_lines_;  // which have had a pad
  std::size_t pads_ = 0;
  std::map<std::size_t, unsigned> channels_;  // by the m-line
  std::vector<Transcoding::Place> places_;
  std::map<std::size_t, Flow> flows_;           // by the m-line
  std::multimap<std::size_t, Flow> newcomers_;  // that may take their places, once they flow
  std::optional<Instant> first_track_;
  std::map<unsigned, Output> outputs_;  // by the channel
  std::vector<std::shared_ptr<Recording>> ending_;
  std::function<void()> finished_;
  bool failed_ = false;
  bool finishing_ = false;
  bool told_no_key_frame_ = false;
  Timer ticks_;
  Timer key_frames_;
};

}  // namespace parley::hls
