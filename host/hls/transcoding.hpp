#pragma once

#include <cstddef>
#include <memory>

namespace parley::hls {

/// How many tracks may be transcoded at once, since each takes a good part of a core.
class Transcoding {
 public:
  /// Held for as long as a track is transcoded.
  using Place = std::shared_ptr<void>;

  explicit Transcoding(std::size_t most) : most_(most) {}

  /// Nothing where all places are taken.
  [[nodiscard]] Place take() {
    if (*taken_ >= most_) return nullptr;
    ++*taken_;
    return {taken_.get(), [taken = taken_](void*) { --*taken; }};
  }

 private:
  std::size_t most_;
  std::shared_ptr<std::size_t> taken_ = std::make_shared<std::size_t>(0);
};

}  // namespace parley::hls
