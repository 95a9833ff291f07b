#include "hls/feed.hpp"

#include <string>
#include <utility>

namespace parley::hls {

namespace {

/// What waits for a disk that is slow: some seconds of 8 Mbit/s. Frames are lost beyond that, the process is
/// not.
constexpr guint64 max_waiting_bytes = guint64{8} << 20U;

/// The caps of what goes into the muxer, and no more than it has to know: a picture of another size is none
/// of its business.
std::string caps_of(MediaKind kind, unsigned channels) {
  return kind == MediaKind::video
             ? "video/x-h264,stream-format=byte-stream,alignment=au"
             : "audio/mpeg,mpegversion=4,stream-format=adts,framed=true,rate=48000,channels=" +
                   std::to_string(channels);
}

}  // namespace

Feed::Feed(MediaKind kind, bool leads, unsigned channels, std::shared_ptr<Beginning> beginning)
    : kind_(kind),
      leads_(leads),
      beginning_(std::move(beginning)),
      source_(GST_APP_SRC(gst_object_ref_sink(make("appsrc")))) {
  const Owned<GstCaps> caps(gst_caps_from_string(caps_of(kind, channels).c_str()));
  g_object_set(source_.get(), "caps", caps.get(), "format", GST_FORMAT_TIME, "max-bytes", max_waiting_bytes,
               "leaky-type", GST_APP_LEAKY_TYPE_UPSTREAM, nullptr);
}

bool Feed::enters(GstBuffer* frame) {
  const GstClockTime at = GST_BUFFER_PTS(frame);
  if (!GST_CLOCK_TIME_IS_VALID(at)) return false;
  const GstClockTime begins = *beginning_;
  if (GST_CLOCK_TIME_IS_VALID(begins)) return at >= begins;
  if (!leads_ || GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT)) return false;
  *beginning_ = at;
  return true;
}

bool Feed::is_due(GstBuffer* frame) const {
  const bool key_frame =
      kind_ == MediaKind::video && !GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT);
  return key_frame || !GST_CLOCK_TIME_IS_VALID(handed_over_) ||
         GST_BUFFER_PTS(frame) >= handed_over_ + handed_at_once;
}

void Feed::push(GstBuffer* frame) {
  const std::lock_guard lock(mutex_);
  if (ended_ || !enters(frame)) return;
  if (!waiting_) waiting_.reset(gst_buffer_list_new());
  gst_buffer_list_add(waiting_.get(), gst_buffer_ref(frame));
  if (!is_due(frame)) return;
  handed_over_ = GST_BUFFER_PTS(frame);
  hand_over();
}

void Feed::hand_over() {
  if (waiting_) gst_app_src_push_buffer_list(source_.get(), waiting_.release());
}

void Feed::end() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  hand_over();
  gst_app_src_end_of_stream(source_.get());
}

}  // namespace parley::hls
