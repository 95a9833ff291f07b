#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/descriptor.hpp"

namespace parley {
inline namespace base {
namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_only = 0700;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

fs::path state_folder() {
  const std::string of_systemd = environment("STATE_DIRECTORY");
  if (!of_systemd.empty()) return of_systemd.substr(0, of_systemd.find(':'));
  const fs::path state = environment("XDG_STATE_HOME");
  if (state.is_absolute()) return state / "parley";
  const fs::path home = environment("HOME");
  return home.empty() ? home : home / ".local/state/parley";
}

std::optional<std::string> read_file(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text;
  std::array<char, 4'096> piece{};
  while (stream.read(piece.data(), piece.size()) || stream.gcount() > 0)
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  return stream.bad() ? std::nullopt : std::optional(std::move(text));
}

std::error_code make_private_folders(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return {};
  if ((error = make_private_folders(folder.parent_path()))) return error;
  if (::mkdir(folder.c_str(), owner_only) == 0 || errno == EEXIST) return {};
  return {errno, std::generic_category()};
}

std::error_code write_private_file(const fs::path& file, std::string_view bytes) {
  if (const std::error_code error = make_private_folders(file.parent_path())) return error;
  std::string beside = file.string() + ".XXXXXX";
  const Descriptor fd(::mkostemp(beside.data(), O_CLOEXEC));  // mode 0600
  if (fd && write_all(fd.get(), bytes) && ::fsync(fd.get()) == 0 &&
      ::rename(beside.c_str(), file.c_str()) == 0)
    return {};
  const std::error_code error(errno, std::generic_category());
  if (fd) ::unlink(beside.c_str());
  return error;
}

}  // namespace base
}  // namespace parley
