#pragma once

#include <chrono>

#include "hls/gst.hpp"

namespace parley::hls {

/// All pipelines have one running time, which is the process's: a timestamp means the same in each, and those
/// of one recording go on where those of the one before ended, whatever connection they came from.
[[nodiscard]] Owned<GstElement> new_pipeline();

/// Of all pipelines, now.
[[nodiscard]] GstClockTime running_time();

/// Stops a pipeline on a thread of GStreamer's, since that waits for other threads, and lets go of it then.
void stop(Owned<GstElement> pipeline);

/// Until all pipelines are gone, or for so long. How many are left.
[[nodiscard]] int wait_for_pipelines(std::chrono::milliseconds patience);

}  // namespace parley::hls
