#include "hls/recording.hpp"

#include <string_view>
#include <system_error>
#include <utility>

namespace parley::hls {

namespace {

constexpr std::chrono::nanoseconds nanoseconds(GstClockTime time) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(time));
}

/// A message of the pipeline, for as long as the recording is there.
Owned<GstBus> bus_of(GstElement* pipeline) {
  return Owned<GstBus>(gst_element_get_bus(pipeline));
}

}  // namespace

std::shared_ptr<Recording> Recording::start(Setting setting, Events events) {
  const std::shared_ptr<Recording> started(new Recording(std::move(setting), std::move(events)));
  started->build();
  return started;
}

Recording::Recording(Setting setting, Events events)
    : setting_(std::move(setting)),
      events_(std::move(events)),
      pipeline_(static_cast<GstElement*>(gst_object_ref_sink(gst_pipeline_new(nullptr)))),
      beginning_(std::make_shared<Beginning>(GST_CLOCK_TIME_NONE)) {}

Recording::~Recording() {
  gst_bus_remove_watch(bus_of(pipeline_.get()).get());
  stop(share(pipeline_.get()));
}

void Recording::build() {
  GstElement* const splitter = make("splitmuxsink");
  gst_bin_add(GST_BIN(pipeline_.get()), splitter);
  const std::string pattern = setting_.files.string() + "%d.ts";
  g_object_set(splitter, "muxer", make("mpegtsmux"), "location", pattern.c_str(), "max-size-time",
               static_cast<guint64>(std::chrono::nanoseconds(setting_.segment).count()), nullptr);

  const auto add = [&](MediaKind kind, bool leads, const char* pad) {
    const auto feed = std::make_shared<Feed>(kind, leads, beginning_);
    gst_bin_add(GST_BIN(pipeline_.get()), feed->element());
    gst_element_link_pads(feed->element(), "src", splitter, pad);
    feeds_.push_back(feed);
  };
  if (setting_.tracks.video) add(MediaKind::video, true, "video");
  if (setting_.tracks.audio) add(MediaKind::audio, !setting_.tracks.video, "audio_%u");

  gst_bus_add_watch_full(
      bus_of(pipeline_.get()).get(), G_PRIORITY_DEFAULT,
      [](GstBus*, GstMessage* message, gpointer data) -> gboolean {
        if (const auto self = static_cast<std::weak_ptr<Recording>*>(data)->lock()) self->on_message(message);
        return G_SOURCE_CONTINUE;
      },
      new std::weak_ptr<Recording>(weak_from_this()),
      [](gpointer data) { delete static_cast<std::weak_ptr<Recording>*>(data); });
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

std::shared_ptr<Feed> Recording::feed(MediaKind kind) const {
  for (const auto& feed : feeds_) {
    if (feed->kind() == kind) return feed;
  }
  return nullptr;
}

void Recording::end() {
  for (const auto& feed : feeds_) feed->end();
}

void Recording::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
      if (const GstStructure* const said = gst_message_get_structure(message)) on_fragment(*said);
      break;
    case GST_MESSAGE_ERROR:
      on_error(message);
      break;
    case GST_MESSAGE_EOS:
      if (!failed_) events_.finished(this);
      break;
    default:
      break;
  }
}

void Recording::on_fragment(const GstStructure& fragment) {
  const std::string_view name = gst_structure_get_name(&fragment);
  const char* const location = gst_structure_get_string(&fragment, "location");
  GstClockTime at = 0;
  if (location == nullptr || gst_structure_get_clock_time(&fragment, "running-time", &at) == FALSE) return;
  if (name == "splitmuxsink-fragment-opened") {
    open_file_ = location;
    opened_at_ = at;
  }
  if (name != "splitmuxsink-fragment-closed" || open_file_ != location || at <= opened_at_) return;
  using std::chrono::microseconds;
  const auto begins =
      setting_.epoch + std::chrono::duration_cast<WallClock::duration>(nanoseconds(opened_at_));
  events_.segment({.name = std::filesystem::path(location).filename(),
                   .duration = std::chrono::duration_cast<microseconds>(nanoseconds(at - opened_at_)),
                   .begins = begins});
}

void Recording::on_error(GstMessage* message) {
  GError* found = nullptr;
  gst_message_parse_error(message, &found, nullptr);
  const Owned<GError> error(found);
  if (std::exchange(failed_, true)) return;
  std::error_code gone_already;
  std::filesystem::remove(open_file_, gone_already);
  const bool full = g_error_matches(found, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT) != FALSE;
  events_.failed(full ? Failure::disk_full : Failure::other, error ? error->message : "");
}

}  // namespace parley::hls
