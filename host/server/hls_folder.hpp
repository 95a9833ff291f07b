#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <variant>

namespace parley::server {

/// Where segments and playlists are: in the operator's folder, which stays, or in a temporary one that only
/// this user can read, which goes with its owner.
class HlsFolder {
 public:
  /// Makes it; or says in a sentence what keeps it from that. No path: a temporary one.
  [[nodiscard]] static std::variant<HlsFolder, std::string> make(const std::filesystem::path& wanted);
  HlsFolder(HlsFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), temporary_(other.temporary_) {}
  HlsFolder& operator=(HlsFolder&&) = delete;
  ~HlsFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  HlsFolder(std::filesystem::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}

  std::filesystem::path path_;  // empty where it was moved from here
  bool temporary_;
};

}  // namespace parley::server
