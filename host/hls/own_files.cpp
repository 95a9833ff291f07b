#include "hls/own_files.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

namespace parley::hls {

namespace fs = std::filesystem;

namespace {

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

bool is_own_name(std::string_view name) {
  std::string_view rest = name;
  if (take(rest, ".m3u8")) return rest.empty() || rest == ".new";
  return take(rest, "-") && take(rest, "-") && take(rest, ".ts") && rest.empty();
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
