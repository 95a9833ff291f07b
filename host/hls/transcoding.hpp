#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "hls/usage.hpp"

namespace parley::hls {

/// How many tracks may be transcoded at once by all workers together, since each takes a good part of a core.
class Transcoding {
 public:
  /// Held for as long as a track is transcoded.
  using Place = std::shared_ptr<void>;

  explicit Transcoding(std::size_t most, std::shared_ptr<Usage> usage = std::make_shared<Usage>())
      : most_(most), usage_(std::move(usage)) {}

  /// Nothing where all places are taken.
  [[nodiscard]] Place take() {
    usage_->add(&Usage::Row::transcoded, 1);
    Place place(usage_.get(), [usage = usage_](void*) { usage->remove(&Usage::Row::transcoded, 1); });
    return usage_->of_all(&Usage::Row::transcoded) <= most_ ? place : nullptr;
  }

 private:
  std::size_t most_;
  std::shared_ptr<Usage> usage_;
};

}  // namespace parley::hls
