#include "hls/media.hpp"

#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>

#include <algorithm>
#include <utility>

#include "hls/black_picture.hpp"
#include "hls/pipeline.hpp"

namespace parley::hls {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// How often it is seen which tracks flow: a fraction of a segment.
constexpr milliseconds tick_period = 250ms;

/// A track that has nothing for so long has stopped. Opus in its discontinuous mode sends every 0.4 s; a
/// camera in the dark sends twice a second, a screen on which nothing moves once. The muxer, and with it all
/// who watch, wait that long.
constexpr milliseconds sound_patience = 1s;
constexpr milliseconds picture_patience = 2s;

/// What stands in for a track stays so far behind the clock, as the frames of a network do: what comes back
/// is not to be late for it.
constexpr GstClockTime stand_in_lag = 300 * GST_MSECOND;

/// The tracks of an offer come one after another. The first recording waits this long for the last of them.
constexpr milliseconds settling = 2s;

/// Of one connection. An m-line has another one when its SSRC or its payload type changes; what is more is
/// not looked at.
constexpr std::size_t max_pads = std::size_t{4} * max_offered_lines;

/// A publisher that was asked for key frames, and sends pictures but no key frame, for so long, is told.
constexpr milliseconds key_frame_patience = 12s;

/// On which of webrtcbin's m-lines a pad's media came.
std::size_t line_of(GstPad* pad) {
  GstWebRTCRTPTransceiver* found = nullptr;
  g_object_get(pad, "transceiver", &found, nullptr);
  const Owned<GstWebRTCRTPTransceiver> transceiver(found);
  guint line = 0;
  g_object_get(found, "mlineindex", &line, nullptr);
  return line;
}

/// What RTP calls the codec on a pad; nothing where that is not known yet.
std::string encoding_on(GstPad* pad) {
  const Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
  const char* const name =
      caps ? gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name") : nullptr;
  return name == nullptr ? "" : name;
}

/// When the running time of all pipelines was zero.
WallClock::time_point epoch() {
  const std::chrono::nanoseconds running(static_cast<std::int64_t>(running_time()));
  return WallClock::now() - std::chrono::duration_cast<WallClock::duration>(running);
}

/// Of an m-line that sends something and is not taken: which, and why, in a sentence.
std::optional<std::string> left_out(const Offer& offer, const OfferedLine& line) {
  if (line.rejected) return std::nullopt;
  if (line.media == "application") return "This host takes sound and video; the data channel is left out.";
  if (offer.bundled && !line.bundled) return "An m-line is not in the BUNDLE group, and is left out.";
  if (!line.takes_part)
    return "This host takes sound and video over RTP; an m-line is neither, and is left out.";
  if (!line.sends || line.codec) return std::nullopt;
  const bool video = line.kind == MediaKind::video;
  if (line.clashes) {
    return std::string("A payload type of the ") + (video ? "video" : "sound") +
           " means something else in another m-line; it is left out.";
  }
  return video ? "This host takes H.264, VP8 and VP9; the video is in none of them and is left out."
               : "This host takes Opus; the sound is not in it and is left out.";
}

/// Takes what nobody wants, since a pad without a peer stops all others.
void discard(GstElement* pipeline, GstPad* pad) {
  GstElement* const sink = make("fakesink");
  g_object_set(sink, "async", FALSE, "sync", FALSE, nullptr);
  gst_bin_add(GST_BIN(pipeline), sink);
  gst_element_sync_state_with_parent(sink);
  const Owned<GstPad> entrance(gst_element_get_static_pad(sink, "sink"));
  gst_pad_link(pad, entrance.get());
}

}  // namespace

Media::Media(Publication& publication, Transcoding& transcoding, Timing timing, Events events)
    : publication_(publication), transcoding_(transcoding), timing_(timing), events_(std::move(events)) {
  ticks_.every(tick_period, [this] { tick(); });
  key_frames_.every(timing_.segment, [this] {
    for (const auto& [number, output] : outputs_) {
      if (output.video) output.video->request_key_frame();
    }
  });
}

Intake Media::intake() {
  return {.choose = [this](Offer& offer) { choose(offer); },
          .expect = [this](const Offer& offer) { expect(offer); },
          .refused =
              [this](const std::string& error) {
                events_.notice(pipe::NoticeCode::unsupported_media,
                               "The media gateway cannot take this offer: " + error + '.');
              },
          .wrong_certificate = {},
          .pad_added =
              [weak = weak_from_this()](GstElement* pipeline, GstPad* pad) {
                auto self = weak.lock();
                if (!self) return;
                self->attach(pipeline, pad);
                // Should its owner have let go of it meanwhile, it ends where its timers are.
                post([self = std::move(self)] {});
              },
          .pads_gone = [this] { forget_tracks(); }};
}

// What is offered.

void Media::choose(Offer& offer) {
  places_.clear();
  for (OfferedLine& line : offer.lines) {
    if (auto sentence = left_out(offer, line)) {
      events_.notice(pipe::NoticeCode::left_out, std::move(*sentence));
    } else if (line.takes_part && line.sends && is_transcoded_video(*line.codec)) {
      if (auto place = transcoding_.take()) {
        places_.push_back(std::move(place));
        events_.notice(
            pipe::NoticeCode::transcoded,
            "The video is transcoded to H.264 on the host; send H.264 for a better picture and less work.");
      } else {
        line.denied = true;
        events_.notice(pipe::NoticeCode::too_many_transcoded,
                       "The host transcodes as much as it may already; this video is left out. Send H.264.");
      }
    }
  }
}

void Media::expect(const Offer& offer) {
  const std::lock_guard lock(lines_mutex_);
  lines_.clear();
  for (const OfferedLine& line : offer.lines) {
    if (!line.takes_part || !line.sends) continue;
    lines_.push_back(line);
    if (line.denied) lines_.back().codec.reset();
  }
  number_channels();
}

/// A track has its channel for as long as it is sent; one that is new has the first that is free.
void Media::number_channels() {
  const auto is_video = [](const OfferedLine& line) { return line.kind == MediaKind::video; };
  std::erase_if(channels_, [&](const auto& channel) {
    return std::ranges::none_of(
        lines_, [&](const OfferedLine& line) { return is_video(line) && line.index == channel.first; });
  });
  for (const OfferedLine& line : lines_) {
    if (!is_video(line) || channels_.contains(line.index)) continue;
    unsigned number = 1;
    while (std::ranges::any_of(channels_, [&](const auto& channel) { return channel.second == number; })) {
      ++number;
    }
    channels_.emplace(line.index, number);
  }
}

/// On the thread that added the pad.
void Media::attach(GstElement* pipeline, GstPad* pad) {
  const auto line = line_for(pad);
  auto track = line ? Track::attach(pipeline, pad, *line) : nullptr;
  if (!track) {
    discard(pipeline, pad);
    return;
  }
  Remote<Media>(weak_from_this()).tell([track = std::move(track)](Media& self) { self.attached(track); });
}

/// Where the offer names no SSRCs, webrtcbin 1.22 takes the first line for every pad: then it is the first
/// one with this codec that has had none.
std::optional<OfferedLine> Media::line_for(GstPad* pad) {
  const std::size_t index = line_of(pad);
  const std::string encoding = encoding_on(pad);
  const auto carries = [&](const OfferedLine& line) {
    return line.codec && (encoding.empty() || encoding == encoding_of(*line.codec));
  };
  const auto is_told = [&](const OfferedLine& line) {
    return line.given == index && !line.ssrcs.empty() && carries(line);
  };
  const auto is_free = [&](const OfferedLine& line) {
    return carries(line) && !taken_lines_.contains(line.index);
  };
  const std::lock_guard lock(lines_mutex_);
  if (++pads_ > max_pads) return std::nullopt;
  auto found = std::ranges::find_if(lines_, is_told);
  if (found == lines_.end()) found = std::ranges::find_if(lines_, is_free);
  if (found == lines_.end()) found = std::ranges::find_if(lines_, carries);
  if (found == lines_.end()) return std::nullopt;
  taken_lines_.insert(found->index);
  return *found;
}

void Media::attached(std::shared_ptr<Track> track) {
  if (finishing_) return;
  track->request_key_frame();
  const std::size_t line = track->line().index;
  Flow flow{.track = std::move(track),
            .packets = {},
            .frames = {},
            .key_frames = {},
            .waiting_since = std::chrono::steady_clock::now()};
  if (flows_.contains(line)) {
    newcomers_.emplace(line, std::move(flow));
  } else {
    flows_.emplace(line, std::move(flow));
  }
}

void Media::forget_tracks() {
  for (auto& [number, output] : outputs_) end(output);
  flows_.clear();
  newcomers_.clear();
  first_track_.reset();
  const std::lock_guard lock(lines_mutex_);
  taken_lines_.clear();
  pads_ = 0;
}

// What flows.

void Media::tick() {
  if (failed_ || finishing_) return;
  const Instant now = std::chrono::steady_clock::now();
  observe(now);
  watch_key_frames(now);
  if (!settled(now)) return;

  // Sound alone is a channel, too.
  std::map<unsigned, std::shared_ptr<Track>> videos{{1, nullptr}};
  for (const auto& [number, output] : outputs_) videos.emplace(number, nullptr);
  std::shared_ptr<Track> audio;
  for (const OfferedLine& line : lines_) {
    auto track = flowing(line.index, now);
    if (line.kind == MediaKind::video) {
      videos[channels_.at(line.index)] = std::move(track);
    } else if (!audio) {
      audio = std::move(track);
    }
  }
  for (const auto& [number, video] : videos) feed_channel(number, {.video = video, .audio = audio});
}

void Media::observe(Instant now) {
  const auto look = [now](auto& tracks) {
    for (auto& [line, flow] : tracks) {
      flow.observe(now);
      if (flow.frames.moved_within(0ms, now) && !flow.flows(now)) flow.track->request_key_frame();
    }
  };
  look(flows_);
  look(newcomers_);
  let_newcomers_in(now);
}

/// Any other track of a line takes over when there is something of it, and not before: it may be a stray
/// packet's, and the next one not. One that the offer names goes before others, and may come back.
void Media::let_newcomers_in(Instant now) {
  std::multimap<std::size_t, Flow> stopped;
  std::erase_if(newcomers_, [&](auto& newcomer) {
    auto& [line, flow] = newcomer;
    if (!flow.flows(now)) return false;
    Flow& before = flows_.at(line);
    if (before.track->is_named() && !flow.track->is_named()) {
      if (before.flows(now)) return false;
      stopped.emplace(line, std::move(before));
    } else {
      before.track->retire();
    }
    before = std::move(flow);
    return true;
  });
  newcomers_.merge(stopped);
}

void Media::Flow::observe(Instant now) {
  packets.observe(track->packets(), now);
  frames.observe(track->frames(), now);
  key_frames.observe(track->key_frames(), now);
  if (!frames.moved_within(patience(), now)) key_frames.restart();
  if (key_frames.moved_within(0ms, now) || !packets.moved_within(patience(), now)) waiting_since = now;
}

milliseconds Media::Flow::patience() const {
  return track->line().kind == MediaKind::video ? picture_patience : sound_patience;
}

/// Pictures are nothing before the first key frame, and must not keep the sound waiting for it.
bool Media::Flow::flows(Instant now) const {
  return frames.moved_within(patience(), now) && key_frames.moved();
}

bool Media::settled(Instant now) {
  const auto flows = [&](const OfferedLine& line) { return !line.codec || flowing(line.index, now); };
  if (!first_track_ &&
      std::ranges::any_of(flows_, [](const auto& flow) { return flow.second.frames.moved(); })) {
    first_track_ = now;
    events_.flows();
  }
  return first_track_ && (now - *first_track_ >= settling || std::ranges::all_of(lines_, flows));
}

std::shared_ptr<Track> Media::flowing(std::size_t line, Instant now) const {
  const auto flow = flows_.find(line);
  return flow != flows_.end() && flow->second.flows(now) ? flow->second.track : nullptr;
}

/// The publisher is asked again where a key frame is overdue: a request can get lost.
void Media::watch_key_frames(Instant now) {
  const auto look = [&](const auto& tracks) {
    for (const auto& [line, flow] : tracks) {
      if (flow.track->line().kind != MediaKind::video) continue;
      const auto waited = now - flow.waiting_since;
      if (waited > timing_.segment + tick_period) flow.track->request_key_frame();
      if (waited > key_frame_patience && !std::exchange(told_no_key_frame_, true)) {
        events_.notice(pipe::NoticeCode::media_failed,
                       "The publisher's video has no key frame, though it was asked for some. Who begins to "
                       "watch sees no picture before one.");
      }
    }
  };
  look(flows_);
  look(newcomers_);
}

// What is recorded.

/// Who watches sees another recording as a discontinuity; sound that stops and goes on is none.
void Media::feed_channel(unsigned number, const Sources& sources) {
  Output& output = outputs_[number];
  const GstClockTime until = running_time() - stand_in_lag;
  const unsigned channels = sound_channels(output, sources);
  if (!output.recording || output.video != sources.video || output.channels != channels) {
    // What has stopped is known only now.
    if (output.recording) {
      for (const MediaKind kind : {MediaKind::video, MediaKind::audio})
        output.recording->feed(kind)->fill(until);
    }
    end(output);
    output.video = sources.video;
    output.channels = channels;
    begin(number, output);
  }
  if (!sources.video) output.recording->feed(MediaKind::video)->fill(until);
  if (sources.audio) hear(output, sources.audio);
  if (!sources.audio) output.recording->feed(MediaKind::audio)->fill(until);
}

/// Of what is heard, or was; before that, of what may be.
unsigned Media::sound_channels(const Output& output, const Sources& sources) const {
  if (sources.audio) return sources.audio->line().channels;
  if (output.channels > 0) return output.channels;
  const auto sound = std::ranges::find_if(
      lines_, [](const OfferedLine& line) { return line.kind == MediaKind::audio && line.codec; });
  return sound == lines_.end() ? 1 : sound->channels;
}

void Media::hear(Output& output, std::shared_ptr<Track> audio) {
  if (output.audio == audio) return;
  const auto& feed = output.recording->feed(MediaKind::audio);
  if (output.audio) output.audio->stop_feeding(feed);
  output.audio = std::move(audio);
  output.audio->feed(feed);
}

void Media::begin(unsigned number, Output& output) {
  output.recording =
      Recording::start({.channels = output.channels,
                        .files = publication_.channel(number).new_files(),
                        .segment = timing_.segment,
                        .longest_segment = timing_.longest_segment,
                        .epoch = epoch()},
                       {.segment =
                            [this, number, first = true](Segment segment) mutable {
                              take_segment(number, std::exchange(first, false), std::move(segment));
                            },
                        .failed = [this](const Recording::Failure& failure) { fail(failure); },
                        .finished = [this](const Recording* recording) { ended(recording); }});
  const auto& pictures = output.recording->feed(MediaKind::video);
  if (output.video) {
    output.video->feed(pictures);
    output.video->request_key_frame();
  } else {
    pictures->show(black_picture(output.size));
  }
}

void Media::end(Output& output) {
  if (!output.recording) return;
  if (output.video) {
    output.video->stop_feeding(output.recording->feed(MediaKind::video));
    output.size = output.video->size();
  }
  if (output.audio) output.audio->stop_feeding(output.recording->feed(MediaKind::audio));
  output.video.reset();
  output.audio.reset();
  // One without a frame has no segment to close.
  if (output.recording->begun()) {
    output.recording->end();
    ending_.push_back(std::move(output.recording));
  }
  output.recording.reset();
}

void Media::ended(const Recording* recording) {
  std::erase_if(ending_, [&](const auto& each) { return each.get() == recording; });
  if (ending_.empty() && finished_) post(std::exchange(finished_, nullptr));
}

void Media::take_segment(unsigned number, bool first, Segment segment) {
  Channel& channel = publication_.channel(number);
  if (failed_) {
    channel.discard(segment);
    return;
  }
  if (first) channel.interrupt();
  if (const auto wrong = channel.add(std::move(segment))) fail(Recording::failure_to_write(wrong));
}

void Media::fail(const Recording::Failure& failure) {
  if (std::exchange(failed_, true)) return;
  for (auto& [number, output] : outputs_) end(output);
  if (failure.disk_full) {
    events_.notice(pipe::NoticeCode::disk_full,
                   "The host's disk is full, or this stream has taken its share of it.");
  } else {
    events_.notice(pipe::NoticeCode::media_failed,
                   "The host could not record this stream: " + failure.sentence + '.');
  }
  events_.over(pipe::Departure::left);
}

void Media::finish(std::function<void()> finished) {
  finishing_ = true;
  ticks_.stop();
  key_frames_.stop();
  for (auto& [number, output] : outputs_) end(output);
  flows_.clear();
  newcomers_.clear();
  if (ending_.empty()) {
    post(std::move(finished));
  } else {
    finished_ = std::move(finished);
  }
}

}  // namespace parley::hls
