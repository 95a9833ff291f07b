#include "server/hls_folder.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace parley::server {
namespace {

namespace fs = std::filesystem;

std::string cannot(const std::string& what, const std::error_code& error) {
  return "Cannot " + what + ": " + error.message() + ". Choose another folder with --hls-dir.";
}

}  // namespace

std::variant<HlsFolder, std::string> HlsFolder::make(const fs::path& wanted) {
  std::error_code error;
  if (wanted.empty()) {
    std::string name = fs::temp_directory_path(error) / "parley-hls-XXXXXX";
    if (error || ::mkdtemp(name.data()) == nullptr)
      return cannot("make a temporary folder for HLS",
                    error ? error : std::error_code(errno, std::generic_category()));
    return HlsFolder(name, true);
  }
  fs::create_directories(wanted, error);
  if (error) return cannot("make the folder " + wanted.string(), error);
  if (::access(wanted.c_str(), R_OK | W_OK | X_OK) != 0)
    return cannot("write to the folder " + wanted.string(), {errno, std::generic_category()});
  return HlsFolder(fs::absolute(wanted), false);
}

HlsFolder::~HlsFolder() {
  std::error_code ignored;
  if (temporary_ && !path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace parley::server
