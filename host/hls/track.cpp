#include "hls/track.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>
#include <initializer_list>
#include <string>

namespace parley::hls {

namespace {

/// Of AAC, in bit/s. Nobody hears what is missing of it.
constexpr unsigned bitrate_of_channel = 64'000;

/// The elements between RTP and frames, by codec. Depayloaders ask for a key frame themselves after a loss.
/// Between parser and muxer the caps are pinned: each would take another form of the stream as well, and the
/// muxer not what it then gets.
std::string chain_of(const OfferedLine& line) {
#define PARLEY_H264 "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au"
// One encoder thread a stream, and no scene detection: key frames are for segments, and are asked for.
#define PARLEY_ENCODER                                                                                    \
  "videoconvert ! openh264enc name=asked complexity=low rate-control=bitrate bitrate=1500000 gop-size=0 " \
  "scene-change-detection=false multi-thread=1 ! " PARLEY_H264
  switch (*line.codec) {
    case Codec::h264:
      return "rtph264depay name=asked request-keyframe=true wait-for-keyframe=true ! " PARLEY_H264;
    case Codec::vp8:
      return "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec ! " PARLEY_ENCODER;
    case Codec::vp9:
      return "rtpvp9depay request-keyframe=true wait-for-keyframe=true ! vp9dec ! " PARLEY_ENCODER;
    case Codec::opus:
      return "rtpopusdepay ! opusdec plc=true ! audioconvert ! audioresample ! "
             "audio/x-raw,rate=48000,channels=" +
             std::to_string(line.channels) +
             " ! voaacenc bitrate=" + std::to_string(line.channels * bitrate_of_channel) +
             " ! aacparse ! audio/mpeg,mpegversion=4,stream-format=adts";
  }
  return {};
}

/// Whether the offer has said which SSRC this is.
bool is_named_by(const OfferedLine& line, GstPad* pad) {
  const Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
  guint ssrc = 0;
  return caps && gst_structure_get_uint(gst_caps_get_structure(caps.get(), 0), "ssrc", &ssrc) == TRUE &&
         std::ranges::find(line.ssrcs, ssrc) != line.ssrcs.end();
}

std::optional<PictureSize> size_in(GstCaps* caps) {
  PictureSize size;
  const GstStructure* const said = caps == nullptr ? nullptr : gst_caps_get_structure(caps, 0);
  if (said == nullptr || gst_structure_get_int(said, "width", &size.width) == FALSE ||
      gst_structure_get_int(said, "height", &size.height) == FALSE) {
    return std::nullopt;
  }
  return size;
}

/// More than the first recording waits for all tracks to come. What nobody takes by then, nobody will.
constexpr GstClockTimeDiff early_most = 3 * GST_SECOND;

}  // namespace

std::shared_ptr<Track> Track::attach(GstElement* pipeline, GstPad* pad, const OfferedLine& line) {
  const std::shared_ptr<Track> track(new Track(line, is_named_by(line, pad)));
  // Not async: a track without a frame would keep the whole pipeline, and with it all other tracks, from
  // playing.
  const std::string description = chain_of(line) + " ! appsink name=frames sync=false async=false";
  GError* wrong = nullptr;
  GstElement* const bin = gst_parse_bin_from_description(description.c_str(), TRUE, &wrong);
  const Owned<GError> error(wrong);
  if (bin == nullptr) return nullptr;

  const Owned<GstElement> sink(gst_bin_get_by_name(GST_BIN(bin), "frames"));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* from, gpointer data) {
    const Owned<GstSample> sample(gst_app_sink_pull_sample(from));
    if (sample) (*static_cast<std::shared_ptr<Track>*>(data))->take(sample.get());
    return GST_FLOW_OK;
  };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, new std::shared_ptr<Track>(track),
                             [](gpointer data) { delete static_cast<std::shared_ptr<Track>*>(data); });

  if (line.codec == Codec::h264) {
    track->asked_for_key_frames_ = share(pad);
  } else if (line.kind == MediaKind::video) {
    const Owned<GstElement> encoder(gst_bin_get_by_name(GST_BIN(bin), "asked"));
    track->asked_for_key_frames_.reset(gst_element_get_static_pad(encoder.get(), "src"));
  }
  gst_bin_add(GST_BIN(pipeline), bin);
  gst_element_sync_state_with_parent(bin);
  const Owned<GstPad> entrance(gst_element_get_static_pad(bin, "sink"));
  gst_pad_add_probe(
      entrance.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad*, GstPadProbeInfo*, gpointer data) {
        Track& self = **static_cast<std::shared_ptr<Track>*>(data);
        ++self.packets_;
        return self.retired_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
      },
      new std::shared_ptr<Track>(track),
      [](gpointer data) { delete static_cast<std::shared_ptr<Track>*>(data); });
  return gst_pad_link(pad, entrance.get()) == GST_PAD_LINK_OK ? track : nullptr;
}

void Track::feed(std::shared_ptr<Feed> feed) {
  const std::lock_guard lock(mutex_);
  for (const auto& frame : early_) feed->push(frame.get());
  early_.clear();
  keeps_early_ = false;
  feeds_.push_back(std::move(feed));
}

void Track::stop_feeding(const std::shared_ptr<Feed>& feed) {
  const std::lock_guard lock(mutex_);
  std::erase(feeds_, feed);
}

void Track::take(GstSample* sample) {
  GstBuffer* const buffer = gst_sample_get_buffer(sample);
  const Owned<GstBuffer> frame(gst_buffer_copy(buffer));  // its timestamps; the bytes are shared
  const GstSegment* const segment = gst_sample_get_segment(sample);
  GST_BUFFER_PTS(frame.get()) = gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  // When packets were late, the sound's clock is set back a little, and some of it is there twice.
  if (line_.kind == MediaKind::audio) {
    const GstClockTime sounds_at = GST_BUFFER_PTS(frame.get());
    if (last_sound_ && sounds_at <= *last_sound_) return;
    last_sound_ = sounds_at;
  }
  // Nothing is reordered in WebRTC: frames are decoded as they are shown.
  GST_BUFFER_DTS(frame.get()) = GST_BUFFER_PTS(frame.get());

  ++frames_;
  if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) {
    ++key_frames_;
    if (const auto size = size_in(gst_sample_get_caps(sample))) size_ = *size;
  }
  const std::lock_guard lock(mutex_);
  keep_early(frame.get());
  for (const auto& feed : feeds_) feed->push(frame.get());
}

void Track::keep_early(GstBuffer* frame) {
  if (!keeps_early_ || !GST_BUFFER_PTS_IS_VALID(frame)) return;
  const bool begins =
      line_.kind == MediaKind::audio || !GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT);
  if (early_.empty() && !begins) return;
  early_.emplace_back(gst_buffer_ref(frame));
  // Late packets can set the clock back a little.
  if (GST_CLOCK_DIFF(GST_BUFFER_PTS(early_.front().get()), GST_BUFFER_PTS(frame)) <= early_most) return;
  early_.clear();
  keeps_early_ = false;
}

void Track::request_key_frame() {
  if (!asked_for_key_frames_) return;
  constexpr gboolean all_headers = TRUE;
  gst_pad_send_event(asked_for_key_frames_.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, all_headers, 0));
}

}  // namespace parley::hls
