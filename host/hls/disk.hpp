#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "hls/usage.hpp"

namespace parley::hls {

/// How much of the disk has been taken, and may be.
class Disk {
 public:
  explicit Disk(std::uintmax_t bound) : bound_(bound) {}
  /// Of which others take a part, too.
  Disk(std::uintmax_t bound, std::shared_ptr<Usage> usage) : bound_(bound), usage_(std::move(usage)) {}
  /// What one of several may take of `whole`, which counts it, too.
  Disk(Disk& whole, std::uintmax_t bound) : bound_(bound), whole_(&whole) {}

  /// Counts a file that was written. False where that is more than may be.
  [[nodiscard]] bool keep(const std::filesystem::path& file);
  void remove(const std::filesystem::path& file);
  [[nodiscard]] std::uintmax_t bound() const { return bound_; }
  [[nodiscard]] std::uintmax_t taken() const { return taken_; }

 private:
  [[nodiscard]] bool take(std::uintmax_t bytes);
  void give_back(std::uintmax_t bytes);

  const std::uintmax_t bound_;
  Disk* const whole_ = nullptr;
  const std::shared_ptr<Usage> usage_;
  std::uintmax_t taken_ = 0;
};

/// No space left, no files left, or no more for this user.
[[nodiscard]] bool is_disk_full(const std::error_code& error);

/// In one step, so that no reader sees a part. What is wrong, where it could not be written.
[[nodiscard]] std::error_code write_at_once(const std::filesystem::path& file, std::string_view text);

}  // namespace parley::hls
