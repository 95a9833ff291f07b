#pragma once

#include "hls/gst.hpp"

namespace parley::hls {

struct PictureSize {
  int width = 640;
  int height = 360;

  bool operator==(const PictureSize&) const = default;
};

/// A key frame of H.264 without anything to be seen, of this shape; some hundred bytes. It takes some 10 ms
/// to make. Nothing where the encoder gives none.
[[nodiscard]] Owned<GstBuffer> black_picture(PictureSize shape);

}  // namespace parley::hls
