#include "hls/own_files.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace parley::hls {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view written_suffix = ".new";

/// Takes a number and what follows it; false where they are not there.
bool take(std::string_view& name, std::string_view suffix) {
  const auto digits = std::min(name.find_first_not_of("0123456789"), name.size());
  if (digits == 0 || !name.substr(digits).starts_with(suffix)) return false;
  name.remove_prefix(digits + suffix.size());
  return true;
}

bool is_own(const fs::directory_entry& entry) {
  std::error_code error;
  return is_own_name(entry.path().filename().string()) && entry.is_regular_file(error) &&
         !entry.is_symlink(error);
}

}  // namespace

bool is_playlist_name(std::string_view name) {
  return take(name, ".m3u8") && name.empty();
}

bool is_segment_name(std::string_view name) {
  return take(name, "-") && take(name, "-") && take(name, ".ts") && name.empty();
}

bool is_own_name(std::string_view name) {
  if (name.ends_with(written_suffix)) name.remove_suffix(written_suffix.size());
  return is_playlist_name(name) || is_segment_name(name);
}

bool is_own_folder(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!is_own(entry)) return false;
  }
  return !error;
}

void remove_own(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> own;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_own(entry)) own.push_back(entry.path());
  }
  for (const fs::path& file : own) fs::remove(file, error);
  fs::remove(folder, error);  // one that is not empty stays
}

}  // namespace parley::hls
