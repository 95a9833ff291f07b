#include "hls/weight.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <string_view>

namespace parley::hls {

namespace {

/// With its pads, its thread and the packets in it. 40,000 SSRCs, of two elements and a thread each, have
/// taken 800 MB.
constexpr std::uint64_t bytes_of_element = std::uint64_t{16} * 1024;

/// References, what is being decoded, and what the converter and the encoder after it hold.
constexpr std::uint64_t pictures_of_decoder = 12;

/// Of a second: half is forgotten in five minutes. Headers and what is sent twice come in and not out as
/// well; in hours that would be more than anything that waits.
constexpr double kept_each_second = 0.9977;

std::string_view factory_of(GstElement* element) {
  GstElementFactory* const factory = gst_element_get_factory(element);
  return factory == nullptr ? std::string_view() : GST_OBJECT_NAME(factory);
}

std::uint64_t size_of(const GstPadProbeInfo* info) {
  if (GstBuffer* const buffer = GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER
                                    ? GST_PAD_PROBE_INFO_BUFFER(info)
                                    : nullptr)
    return gst_buffer_get_size(buffer);
  GstBufferList* const list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  return list == nullptr ? 0 : gst_buffer_list_calculate_size(list);
}

/// Counts what leaves this element. `count` is a part of `owner`.
void count(GstElement* element, std::shared_ptr<std::atomic<std::uint64_t>> bytes) {
  using Bytes = std::shared_ptr<std::atomic<std::uint64_t>>;
  const Owned<GstPad> pad(gst_element_get_static_pad(element, "src"));
  if (!pad) return;
  constexpr auto data =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
  gst_pad_add_probe(
      pad.get(), data,
      [](GstPad*, GstPadProbeInfo* info, gpointer counter) {
        **static_cast<Bytes*>(counter) += size_of(info);
        return GST_PAD_PROBE_OK;
      },
      new Bytes(std::move(bytes)), [](gpointer counter) { delete static_cast<Bytes*>(counter); });
}

std::uint64_t weight_of(GstElement* element) {
  const gchar* const kind = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
  if (kind == nullptr || !std::string_view(kind).starts_with("Codec/Decoder/Video")) return bytes_of_element;
  const Owned<GstPad> pad(gst_element_get_static_pad(element, "src"));
  const Owned<GstCaps> caps(pad ? gst_pad_get_current_caps(pad.get()) : nullptr);
  GstVideoInfo picture;
  if (!caps || !gst_video_info_from_caps(&picture, caps.get())) return bytes_of_element;
  return bytes_of_element + pictures_of_decoder * GST_VIDEO_INFO_SIZE(&picture);
}

}  // namespace

Weight::Weight(GstElement* pipeline) : pipeline_(pipeline) {
  using Kept = std::shared_ptr<Passed>;
  signal_ = g_signal_connect_data(
      pipeline, "deep-element-added", G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer data) {
        watch(element, *static_cast<Kept*>(data));
      }),
      new Kept(passed_), [](gpointer data, GClosure*) { delete static_cast<Kept*>(data); },
      G_CONNECT_DEFAULT);
}

Weight::~Weight() {
  g_signal_handler_disconnect(pipeline_, signal_);
}

void Weight::watch(GstElement* element, const std::shared_ptr<Passed>& passed) {
  using Bytes = std::shared_ptr<std::atomic<std::uint64_t>>;
  const std::string_view factory = factory_of(element);
  if (factory == "nicesrc") count(element, Bytes(passed, &passed->in));
  if (factory.starts_with("rtp") && factory.ends_with("depay")) count(element, Bytes(passed, &passed->out));
}

void Weight::tick() {
  const std::uint64_t in = passed_->in;
  const std::uint64_t out = passed_->out;
  kept_ += static_cast<double>(in - seen_in_) - static_cast<double>(out - seen_out_);
  kept_ = std::max(0.0, kept_ * kept_each_second);
  seen_in_ = in;
  seen_out_ = out;
}

std::uint64_t Weight::bytes() const {
  std::uint64_t elements = 0;
  GstIterator* const all = gst_bin_iterate_recurse(GST_BIN(pipeline_));
  GValue sum = G_VALUE_INIT;
  g_value_init(&sum, G_TYPE_UINT64);
  const auto add = [](const GValue* item, GValue* result, gpointer) -> gboolean {
    auto* const element = static_cast<GstElement*>(g_value_get_object(item));
    g_value_set_uint64(result, g_value_get_uint64(result) + weight_of(element));
    return TRUE;
  };
  // Elements come while they are counted: then again from the start.
  while (gst_iterator_fold(all, add, &sum, nullptr) == GST_ITERATOR_RESYNC) {
    gst_iterator_resync(all);
    g_value_set_uint64(&sum, 0);
  }
  elements = g_value_get_uint64(&sum);
  gst_iterator_free(all);
  return elements + static_cast<std::uint64_t>(kept_);
}

}  // namespace parley::hls
