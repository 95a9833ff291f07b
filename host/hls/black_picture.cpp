#include "hls/black_picture.hpp"

#include <gst/app/gstappsink.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace parley::hls {

namespace {

/// There is no more to see in a larger one.
constexpr int longest_side = 640;
/// The encoder takes none below, and even ones only.
constexpr int shortest_side = 32;

/// Of a machine that is busy: without it there is no sound either.
constexpr GstClockTime patience = 10 * GST_SECOND;

PictureSize reduced(PictureSize shape) {
  const int longest = std::max({shape.width, shape.height, 1});
  const auto side = [&](int length) {
    const auto scaled = static_cast<int>(std::int64_t{length} * std::min(longest, longest_side) / longest);
    return std::max(scaled, shortest_side) / 2 * 2;
  };
  return {.width = side(shape.width), .height = side(shape.height)};
}

}  // namespace

Owned<GstBuffer> black_picture(PictureSize shape) {
  const auto [width, height] = reduced(shape);
  // Not told of an end, since openh264enc writes an error to standard error then.
  const std::string description =
      "videotestsrc pattern=black ! video/x-raw,format=I420,framerate=1/1,width=" + std::to_string(width) +
      ",height=" + std::to_string(height) +
      " ! openh264enc ! h264parse config-interval=-1 ! "
      "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=frames sync=false max-buffers=1";
  const Owned<GstElement> pipeline(
      static_cast<GstElement*>(gst_object_ref_sink(gst_parse_launch(description.c_str(), nullptr))));
  const Owned<GstElement> sink(gst_bin_get_by_name(GST_BIN(pipeline.get()), "frames"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const Owned<GstSample> sample(gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), patience));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  GstBuffer* const frame = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  return Owned<GstBuffer>(frame == nullptr ? nullptr : gst_buffer_copy(frame));
}

}  // namespace parley::hls
