#pragma once

#include <chrono>

#include "hls/gst.hpp"

namespace parley::hls {

[[nodiscard]] Owned<GstElement> new_pipeline();

/// Stops a pipeline on a thread of GStreamer's, since that waits for other threads, and lets go of it then.
void stop(Owned<GstElement> pipeline);

/// Until all pipelines are gone, or for so long. How many are left.
[[nodiscard]] int wait_for_pipelines(std::chrono::milliseconds patience);

}  // namespace parley::hls
