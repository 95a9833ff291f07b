#include "hls/pipeline.hpp"

#include <atomic>
#include <thread>

#include "base/log.hpp"

namespace parley::hls {

namespace {

/// Of the process, as are the threads on which they end.
std::atomic<int>& alive() {
  static std::atomic<int> count = 0;
  return count;
}

/// A bin whose elements change meanwhile may fail to stop. One that goes without having stopped takes the
/// process with it, so it stays then.
constexpr int max_attempts_to_stop = 50;
constexpr std::chrono::milliseconds between_attempts{20};

Owned<GstClock> process_clock() {
  return Owned<GstClock>(gst_system_clock_obtain());
}

/// When the running time was zero.
GstClockTime base_time() {
  static const GstClockTime base = gst_clock_get_time(process_clock().get());
  return base;
}

}  // namespace

GstClockTime running_time() {
  const GstClockTime base = base_time();
  return gst_clock_get_time(process_clock().get()) - base;
}

Owned<GstElement> new_pipeline() {
  Owned<GstElement> pipeline(static_cast<GstElement*>(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  gst_pipeline_use_clock(GST_PIPELINE(pipeline.get()), process_clock().get());
  // Without a start time, the pipeline leaves its base time alone.
  gst_element_set_start_time(pipeline.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline.get(), base_time());
  ++alive();
  g_object_weak_ref(
      G_OBJECT(pipeline.get()), [](gpointer, GObject*) { --alive(); }, nullptr);
  return pipeline;
}

void stop(Owned<GstElement> pipeline) {
  gst_element_call_async(
      pipeline.get(),
      [](GstElement* element, gpointer) {
        for (int attempt = 0; attempt < max_attempts_to_stop; ++attempt) {
          if (gst_element_set_state(element, GST_STATE_NULL) != GST_STATE_CHANGE_FAILURE) return;
          std::this_thread::sleep_for(between_attempts);
        }
        log::line(log::Level::error, "pipeline", {{"error", "it does not stop, and stays"}});
        g_object_ref(element);
      },
      nullptr, nullptr);
}

int wait_for_pipelines(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (alive() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return alive();
}

}  // namespace parley::hls
