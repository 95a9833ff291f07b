#include "media/hls_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include "base/sim_number.hpp"

namespace parley::media {
namespace {

namespace fs = std::filesystem;

/// Nobody calls a folder of their own so.
constexpr std::string_view temporary_prefix = "parley-hls-temporary-";

Failure<std::string> cannot(const std::string& what, const std::error_code& error) {
  return Failure("Cannot " + what + ": " + error.message() + ". Choose another folder with --hls-dir.");
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

Descriptor open_folder(const fs::path& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

enum class Lock : unsigned char { ours, anothers, none };

/// None is where the file system knows no such locks.
Lock lock(const Descriptor& folder) {
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) return Lock::ours;
  return errno == EWOULDBLOCK ? Lock::anothers : Lock::none;
}

bool is_ours(const Descriptor& folder) {
  struct stat status {};
  return ::fstat(folder.get(), &status) == 0 && status.st_uid == ::geteuid();
}

/// Removes the temporary folders of this user's hosts that were killed.
void sweep(const fs::path& place) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(place, error)) {
    if (entry.path().filename().string().starts_with(temporary_prefix)) found.push_back(entry.path());
  }
  for (const fs::path& path : found) {
    const Descriptor folder = open_folder(path);
    if (folder && is_ours(folder) && lock(folder) == Lock::ours) fs::remove_all(path, error);
  }
}

}  // namespace

Result<HlsFolder, std::string> HlsFolder::make_temporary() {
  const auto failed = [](const std::error_code& error) {
    return cannot("make a temporary folder for HLS", error);
  };
  std::error_code error;
  const fs::path place = fs::temp_directory_path(error);
  if (error) return failed(error);
  sweep(place);
  for (;;) {
    std::string name = place / (std::string(temporary_prefix) + "XXXXXX");
    if (::mkdtemp(name.data()) == nullptr) return failed(last_error());
    Descriptor folder = open_folder(name);
    if (!folder && errno != ENOENT) return failed(last_error());
    // Another host may be sweeping, and have taken it for one that was left.
    if (folder && lock(folder) != Lock::anothers && fs::exists(name, error))
      return HlsFolder(name, true, std::move(folder));
  }
}

Result<HlsFolder, std::string> HlsFolder::make(const fs::path& wanted) {
  if (wanted.empty()) return make_temporary();
  std::error_code error;
  fs::create_directories(wanted, error);
  if (error) return cannot("make the folder " + wanted.string(), error);
  if (::access(wanted.c_str(), R_OK | W_OK | X_OK) != 0)
    return cannot("write to the folder " + wanted.string(), last_error());
  Descriptor folder(::open(wanted.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && lock(folder) == Lock::anothers)
    return Failure("Another host keeps its streams in the folder " + wanted.string() +
                   ". Choose another folder with --hls-dir.");
  return HlsFolder(fs::absolute(wanted), false, std::move(folder));
}

std::vector<std::string> HlsFolder::sim_numbers() const {
  std::error_code error;
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    std::string name = entry.path().filename();
    if (is_sim_number(name) && entry.is_directory(error) && !entry.is_symlink(error))
      found.push_back(std::move(name));
  }
  return found;
}

HlsFolder::~HlsFolder() {
  std::error_code ignored;
  if (temporary_ && !path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace parley::media
