#include "lan/certificate_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/descriptor.hpp"

namespace parley::lan {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::string> contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();  // does not throw, should it be a folder
  return text.str();
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

/// Whole or not at all, whatever happens meanwhile; and readable by its owner only.
std::error_code write_file(const fs::path& file, std::string_view bytes) {
  std::string beside = file.string() + ".XXXXXX";
  const Descriptor fd(::mkstemp(beside.data()));  // mode 0600
  if (fd && write_all(fd.get(), bytes) && ::fsync(fd.get()) == 0 &&
      ::rename(beside.c_str(), file.c_str()) == 0)
    return {};
  const std::error_code error(errno, std::generic_category());
  if (fd) ::unlink(beside.c_str());
  return error;
}

/// With this mode all of them that are missing.
std::error_code make_folders(const fs::path& folder, mode_t mode) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return {};
  if ((error = make_folders(folder.parent_path(), mode))) return error;
  if (::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return {};
  return {errno, std::generic_category()};
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

Result<CertificateFile, std::string> keep_certificate(const fs::path& folder, const Names& names,
                                                      Instant now) {
  constexpr mode_t owner_only = 0700;
  const fs::path file = folder / "lan.pem";
  if (const auto pem = contents(file)) {
    auto certificate = read_self_signed(*pem);
    if (certificate && is_current(*certificate, names, now)) {
      std::error_code ignored;
      fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
      return CertificateFile{.path = file, .certificate = *std::move(certificate)};
    }
  }
  const std::string pem = make_self_signed(names, now);
  std::error_code error = make_folders(folder, owner_only);
  if (!error) error = write_file(file, pem);
  if (error)
    return Failure("Cannot keep a certificate in " + folder.string() + ": " + error.message() +
                   ". Choose another folder with XDG_STATE_HOME.");
  return CertificateFile{.path = file, .certificate = read_self_signed(pem).value()};
}

}  // namespace parley::lan
