#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace parley::media {

/// Where segments and playlists are: in the operator's folder, which stays, or in a temporary one that only
/// this user can read, which goes with its owner. It is locked (flock(2)) for as long as its owner lives, so
/// that no two hosts share one, and what is not locked is nobody's any more.
class HlsFolder {
 public:
  /// Makes it; or says in a sentence what keeps it from that. No path: a temporary one, and those of hosts
  /// that were killed before they could remove theirs go.
  [[nodiscard]] static Result<HlsFolder, std::string> make(const std::filesystem::path& wanted);
  HlsFolder(HlsFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), temporary_(other.temporary_), lock_(std::move(other.lock_)) {}
  HlsFolder& operator=(HlsFolder&&) = delete;
  ~HlsFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool is_temporary() const { return temporary_; }
  /// The SIM numbers of which there are files, or what looks like that.
  [[nodiscard]] std::vector<std::string> sim_numbers() const;

 private:
  HlsFolder(std::filesystem::path path, bool temporary, Descriptor lock)
      : path_(std::move(path)), temporary_(temporary), lock_(std::move(lock)) {}
  [[nodiscard]] static Result<HlsFolder, std::string> make_temporary();

  std::filesystem::path path_;  // empty where it was moved from here
  bool temporary_;
  Descriptor lock_;
};

}  // namespace parley::media
