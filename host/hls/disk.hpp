#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace parley::hls {

/// How much of the disk all streams together have taken, and may take.
class Disk {
 public:
  explicit Disk(std::uintmax_t bound) : bound_(bound) {}

  /// Counts a file that was written. False where that is more than may be.
  [[nodiscard]] bool keep(const std::filesystem::path& file);
  void remove(const std::filesystem::path& file);
  [[nodiscard]] std::uintmax_t taken() const { return taken_; }

 private:
  const std::uintmax_t bound_;
  std::uintmax_t taken_ = 0;
};

/// In one step, so that no reader sees a part. False where it could not be written.
[[nodiscard]] bool write_at_once(const std::filesystem::path& file, std::string_view text);

/// Nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> read_whole(const std::filesystem::path& file);

}  // namespace parley::hls
