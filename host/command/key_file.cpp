#include "command/key_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "auth/json_field.hpp"
#include "auth/jwk.hpp"
#include "auth/key_set.hpp"
#include "base/descriptor.hpp"
#include "base/files.hpp"

namespace parley::command {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr mode_t owner_may_write = 0600;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

Failure<std::string> cannot_write(const fs::path& file, const std::error_code& error) {
  return Failure("Cannot write " + file.string() + ": " + error.message() + ". Choose another file.");
}

/// Nothing where there is no file; the error is a sentence.
Result<std::optional<std::string>, std::string> text_of(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error) && !error) return std::optional<std::string>();
  errno = 0;
  auto text = read_file(file);
  if (!text)
    return Failure("Cannot read " + file.string() + (errno == 0 ? "" : ": " + last_error().message()) + '.');
  return text;
}

/// Held by one process at a time, up to its end. It is a file of its own, for the other one is replaced.
Result<Descriptor, std::string> lock(const fs::path& file) {
  if (const std::error_code error = make_private_folders(file.parent_path()))
    return cannot_write(file, error);
  const std::string beside = file.string() + ".lock";
  Descriptor fd(::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_may_write));
  if (!fd) return cannot_write(file, last_error());
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return cannot_write(file, last_error());
  }
  return fd;
}

Result<json, std::string> read_set(const fs::path& file) {
  const auto text = text_of(file);
  if (!text) return Failure(text.error());
  if (!*text || (*text)->empty()) return json{{"keys", json::array()}};
  json set = json::parse(**text, nullptr, false);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array())
    return Failure(file.string() + " is no JSON Web Key Set, and stays as it is: choose another file.");
  return set;
}

/// A file that root writes for another user is one that this user cannot read any more.
bool is_somebody_elses(const fs::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && status.st_uid != ::geteuid();
}

using Edit = std::function<Result<void, std::string>(json& keys)>;

Result<void, std::string> change(const fs::path& named, const Edit& edit) {
  // A link stays one, and whoever comes by another one waits for the same lock.
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(named, ignored);
  const fs::path& file = real.empty() ? named : real;
  const auto held = lock(file);
  if (!held) return Failure(held.error());
  if (is_somebody_elses(file))
    return Failure(file.string() + " is another user's: run this as that one, as with sudo -u.");
  auto set = read_set(file);
  if (!set) return Failure(set.error());
  if (auto done = edit((*set)["keys"]); !done) return done;
  if (const std::error_code error = write_private_file(file, set->dump(2) + '\n'))
    return cannot_write(file, error);
  return {};
}

/// Those that the host takes: others, such as for encryption, are no concern of it.
std::size_t count_usable(const json& keys) {
  const auto usable = auth::read_keys(json{{"keys", keys}}.dump());
  return usable ? usable->size() : 0;
}

}  // namespace

Result<fs::path, std::string> default_key_file() {
  const fs::path folder = state_folder();
  if (folder.empty())
    return Failure("There is no folder to keep keys in: set HOME or XDG_STATE_HOME, or name a file.");
  return folder / auth::key_file_name;
}

Result<std::vector<auth::Key>, std::string> read_key_file(const fs::path& file) {
  const auto text = text_of(file);
  if (!text) return Failure(text.error());
  if (!*text || (*text)->empty()) {
    const auto usual = default_key_file();
    return Failure("There is no key yet: `parley key" +
                   (usual && *usual == file ? "" : " --file " + file.string()) + "` makes one.");
  }
  auto keys = auth::read_keys(**text);
  if (!keys) return Failure(file.string() + ' ' + keys.error());
  return keys;
}

Result<std::size_t, std::string> add_key(const fs::path& file, const auth::Key& key) {
  std::size_t count = 0;
  auto done = change(file, [&](json& keys) -> Result<void, std::string> {
    count = count_usable(keys) + 1;
    if (count > auth::KeySet::most_keys)
      return Failure(file.string() + " has " + std::to_string(count - 1) +
                     " keys, and a host takes no more: take one out with --remove.");
    keys.insert(keys.begin(), auth::to_jwk(key, auth::JwkPart::of_all));
    return {};
  });
  if (!done) return Failure(done.error());
  return count;
}

Result<void, std::string> remove_key(const fs::path& file, std::string_view kid) {
  return change(file, [&](json& keys) -> Result<void, std::string> {
    json rest = json::array();
    for (const json& key : keys) {
      if (!key.is_object() || auth::text_of(key, "kid") != kid) rest.push_back(key);
    }
    if (rest.size() == keys.size())
      return Failure(file.string() + " has no key " + std::string(kid) + ": see `parley key --list`.");
    if (count_usable(rest) == 0)
      return Failure(std::string(kid) + " is the only key of " + file.string() +
                     ": make another one first, with `parley key`.");
    keys = std::move(rest);
    return {};
  });
}

}  // namespace parley::command
