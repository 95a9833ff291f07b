#include "hls/recording.hpp"

#include <gst/app/gstappsink.h>

#include <optional>
#include <string_view>
#include <utility>

#include "hls/disk.hpp"
#include "hls/pipeline.hpp"

namespace parley::hls {

namespace {

/// The longest one, of 12 s, of a publisher at 44 Mbit/s.
constexpr std::size_t max_segment_bytes = std::size_t{64} << 20U;

std::string_view bytes_of(const GstMapInfo& map) {
  return {reinterpret_cast<const char*>(map.data), map.size};
}

template <class Take>
void with_bytes(GstBuffer* buffer, Take take) {
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  take(bytes_of(map));
  gst_buffer_unmap(buffer, &map);
}

Segmenter::Time time_of(GstClockTime time) {
  return Segmenter::Time(static_cast<Segmenter::Time::rep>(time));
}

/// The muxer says its tables in its caps.
std::string tables_in(GstCaps* caps) {
  std::string tables;
  const GValue* const headers =
      caps == nullptr ? nullptr : gst_structure_get_value(gst_caps_get_structure(caps, 0), "streamheader");
  for (guint i = 0; headers != nullptr && i < gst_value_array_get_size(headers); ++i) {
    with_bytes(gst_value_get_buffer(gst_value_array_get_value(headers, i)),
               [&](std::string_view bytes) { tables.append(bytes); });
  }
  return tables;
}

}  // namespace

/// Takes what comes out of the muxer, on the muxer's thread, and writes the segments.
class Recording::Writer {
 public:
  Writer(const Setting& setting, std::shared_ptr<Beginning> beginning, Remote<Recording> remote)
      : files_(setting.files),
        epoch_(setting.epoch),
        beginning_(std::move(beginning)),
        remote_(std::move(remote)),
        segmenter_(setting.segment, setting.longest_segment) {}

  static GstFlowReturn on_sample(GstAppSink* sink, gpointer data) {
    const Owned<GstSample> sample(gst_app_sink_pull_sample(sink));
    return sample && static_cast<Writer*>(data)->take(sample.get()) ? GST_FLOW_OK : GST_FLOW_EOS;
  }

  static void on_end(GstAppSink*, gpointer data) {
    auto& self = *static_cast<Writer*>(data);
    if (self.write(self.segmenter_.rest())) {
      self.remote_.tell([](Recording& recording) { recording.events_.finished(&recording); });
    }
  }

 private:
  bool take(GstSample* sample) {
    segmenter_.set_tables(tables_in(gst_sample_get_caps(sample)));
    if (GstBuffer* const alone = gst_sample_get_buffer(sample)) return take(alone);
    GstBufferList* const list = gst_sample_get_buffer_list(sample);
    bool ok = true;
    for (guint i = 0; ok && list != nullptr && i < gst_buffer_list_length(list); ++i)
      ok = take(gst_buffer_list_get(list, i));
    return ok;
  }

  bool take(GstBuffer* buffer) {
    const GstClockTime at = GST_BUFFER_PTS(buffer);
    if (GST_CLOCK_TIME_IS_VALID(at)) at_ = time_of(at);
    if (!first_) first_ = at_;
    const bool key_frame = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    std::optional<Segmenter::Piece> complete;
    with_bytes(buffer,
               [&](std::string_view packets) { complete = segmenter_.take(packets, at_, key_frame); });
    return write(std::move(complete));
  }

  bool write(std::optional<Segmenter::Piece> piece) {
    if (failed_) return false;
    if (!piece) return true;
    const std::filesystem::path file = files_.string() + std::to_string(number_++) + ".ts";
    const auto wrong = piece->bytes.size() > max_segment_bytes
                           ? std::make_error_code(std::errc::file_too_large)
                           : write_at_once(file, piece->bytes);
    if (wrong) {
      failed_ = true;
      remote_.tell([wrong](Recording& recording) { recording.fail(failure_to_write(wrong)); });
      return false;
    }
    using std::chrono::duration_cast;
    remote_.tell([segment = Segment{.name = file.filename(),
                                    .duration = duration_cast<std::chrono::microseconds>(piece->duration),
                                    .begins = wall_clock_at(piece->begins),
                                    .independent = piece->independent}](Recording& recording) {
      recording.events_.segment(segment);
    });
    return true;
  }

  /// The muxer counts from its first frame, which is the recording's beginning.
  [[nodiscard]] WallClock::time_point wall_clock_at(Segmenter::Time at) const {
    return epoch_ + std::chrono::duration_cast<WallClock::duration>(time_of(*beginning_) + at - *first_);
  }

  const std::filesystem::path files_;
  const WallClock::time_point epoch_;
  const std::shared_ptr<Beginning> beginning_;
  const Remote<Recording> remote_;
  Segmenter segmenter_;
  Segmenter::Time at_{};                  // by the muxer's clock
  std::optional<Segmenter::Time> first_;  // of those
  std::size_t number_ = 0;
  bool failed_ = false;
};

Recording::Failure Recording::failure_to_write(const std::error_code& error) {
  return {.disk_full = is_disk_full(error), .sentence = "a file could not be written: " + error.message()};
}

std::shared_ptr<Recording> Recording::start(Setting setting, Events events) {
  std::shared_ptr<Recording> started(new Recording(std::move(setting), std::move(events)));
  started->build();
  return started;
}

Recording::Recording(Setting setting, Events events)
    : setting_(std::move(setting)),
      events_(std::move(events)),
      pipeline_(new_pipeline()),
      beginning_(std::make_shared<Beginning>(GST_CLOCK_TIME_NONE)),
      video_(std::make_shared<Feed>(
          Feed::Setting{.kind = MediaKind::video, .channels = {}, .segment = setting_.segment}, beginning_)),
      audio_(std::make_shared<Feed>(
          Feed::Setting{.kind = MediaKind::audio, .channels = setting_.channels, .segment = setting_.segment},
          beginning_)) {}

Recording::~Recording() {
  const Owned<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_remove_watch(bus.get());
  stop(share(pipeline_.get()));
}

void Recording::build() {
  GstElement* const muxer = make("mpegtsmux");
  GstElement* const sink = make("appsink");
  // So much waits on its pads; one frame would, otherwise, and each would wake two threads.
  g_object_set(muxer, "latency", guint64{3 * handed_at_once}, nullptr);
  gst_bin_add_many(GST_BIN(pipeline_.get()), muxer, sink, nullptr);
  gst_element_link(muxer, sink);
  g_object_set(sink, "sync", FALSE, "async", FALSE, "buffer-list", TRUE, nullptr);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = Writer::on_sample;
  callbacks.eos = Writer::on_end;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks,
                             new Writer(setting_, beginning_, Remote<Recording>(weak_from_this())),
                             [](gpointer data) { delete static_cast<Writer*>(data); });

  for (const auto& feed : {video_, audio_}) {
    gst_bin_add(GST_BIN(pipeline_.get()), feed->element());
    gst_element_link(feed->element(), muxer);
  }
  watch_errors();
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

void Recording::watch_errors() {
  const Owned<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_add_watch_full(
      bus.get(), G_PRIORITY_DEFAULT,
      [](GstBus*, GstMessage* message, gpointer data) -> gboolean {
        const auto self = static_cast<std::weak_ptr<Recording>*>(data)->lock();
        if (!self || GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return G_SOURCE_CONTINUE;
        GError* found = nullptr;
        gst_message_parse_error(message, &found, nullptr);
        const Owned<GError> error(found);
        self->fail({.disk_full = false, .sentence = error->message});
        return G_SOURCE_CONTINUE;
      },
      new std::weak_ptr<Recording>(weak_from_this()),
      [](gpointer data) { delete static_cast<std::weak_ptr<Recording>*>(data); });
}

void Recording::end() {
  for (const auto& feed : {video_, audio_}) feed->end();
}

void Recording::fail(const Failure& failure) {
  if (!std::exchange(failed_, true)) events_.failed(failure);
}

}  // namespace parley::hls
