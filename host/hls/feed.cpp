#include "hls/feed.hpp"

#include <string>
#include <utility>

#include "hls/aac_silence.hpp"

namespace parley::hls {

namespace {

/// What waits for a disk that is slow: some seconds of 8 Mbit/s. Frames are lost beyond that, the process is
/// not.
constexpr guint64 max_waiting_bytes = guint64{8} << 20U;

/// A picture that stands still is shown again that often: players take a frame's duration from the next one.
constexpr GstClockTime picture_step = 250 * GST_MSECOND;
constexpr GstClockTime silence_step = samples_of_aac_frame * GST_SECOND / 48'000;

/// The caps of what goes into the muxer, and no more than it has to know: a picture of another size is none
/// of its business.
std::string caps_of(MediaKind kind, unsigned channels) {
  return kind == MediaKind::video
             ? "video/x-h264,stream-format=byte-stream,alignment=au"
             : "audio/mpeg,mpegversion=4,stream-format=adts,framed=true,rate=48000,channels=" +
                   std::to_string(channels);
}

bool is_key_frame(GstBuffer* frame) {
  return !GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT);
}

Owned<GstBuffer> buffer_of(const std::string& bytes) {
  return Owned<GstBuffer>(gst_buffer_new_memdup(bytes.data(), bytes.size()));
}

}  // namespace

Feed::Feed(Setting setting, std::shared_ptr<Beginning> beginning)
    : setting_(setting),
      beginning_(std::move(beginning)),
      source_(GST_APP_SRC(gst_object_ref_sink(make("appsrc")))) {
  if (!is_video()) silence_ = buffer_of(silent_aac_frame(setting_.channels));
  const Owned<GstCaps> caps(gst_caps_from_string(caps_of(setting_.kind, setting_.channels).c_str()));
  g_object_set(source_.get(), "caps", caps.get(), "format", GST_FORMAT_TIME, "max-bytes", max_waiting_bytes,
               "leaky-type", GST_APP_LEAKY_TYPE_UPSTREAM, nullptr);
}

bool Feed::enters(GstBuffer* frame) {
  const GstClockTime at = GST_BUFFER_PTS(frame);
  if (!GST_CLOCK_TIME_IS_VALID(at)) return false;
  if (filled_ && !goes_on_from(frame)) return false;
  const GstClockTime begins = *beginning_;
  if (GST_CLOCK_TIME_IS_VALID(begins)) return at >= begins;
  if (!is_video() || !is_key_frame(frame)) return false;
  *beginning_ = at;
  return true;
}

/// What stood in is not taken back. A picture that was one was a key frame, to which later ones do not refer.
bool Feed::goes_on_from(GstBuffer* frame) const {
  return GST_BUFFER_PTS(frame) > latest_ && (!is_video() || is_key_frame(frame));
}

void Feed::push(GstBuffer* frame) {
  const std::lock_guard lock(mutex_);
  if (ended_ || !enters(frame)) return;
  filled_ = false;
  if (is_video() && is_key_frame(frame)) key_frame_.reset(gst_buffer_ref(frame));
  put(frame);
}

void Feed::fill(GstClockTime until) {
  const std::lock_guard lock(mutex_);
  if (ended_ || (is_video() && !key_frame_)) return;
  const GstClockTime step = is_video() ? picture_step : silence_step;
  GstClockTime at = latest_ + step;
  if (!GST_CLOCK_TIME_IS_VALID(latest_)) at = is_video() ? until : beginning_->load();
  if (!GST_CLOCK_TIME_IS_VALID(at)) return;
  for (; at <= until; at += step) {
    const auto frame = stand_in(at);
    filled_ = true;
    if (!GST_CLOCK_TIME_IS_VALID(beginning_->load())) *beginning_ = at;
    put(frame.get());
  }
}

Owned<GstBuffer> Feed::stand_in(GstClockTime at) const {
  Owned<GstBuffer> frame(gst_buffer_copy(is_video() ? key_frame_.get() : silence_.get()));
  GST_BUFFER_PTS(frame.get()) = GST_BUFFER_DTS(frame.get()) = at;
  const auto segment = static_cast<GstClockTime>(std::chrono::nanoseconds(setting_.segment).count());
  const bool begins_segment =
      !is_video() || !GST_CLOCK_TIME_IS_VALID(latest_key_) || at >= latest_key_ + segment;
  if (!begins_segment) GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return frame;
}

void Feed::show(Owned<GstBuffer> key_frame) {
  const std::lock_guard lock(mutex_);
  key_frame_ = std::move(key_frame);
}

void Feed::put(GstBuffer* frame) {
  const GstClockTime at = GST_BUFFER_PTS(frame);
  const bool begins_segment = is_video() && is_key_frame(frame);
  latest_ = at;
  if (begins_segment) latest_key_ = at;
  if (!waiting_) waiting_.reset(gst_buffer_list_new());
  gst_buffer_list_add(waiting_.get(), gst_buffer_ref(frame));
  const bool due =
      begins_segment || !GST_CLOCK_TIME_IS_VALID(handed_over_) || at >= handed_over_ + handed_at_once;
  if (!due) return;
  handed_over_ = at;
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
