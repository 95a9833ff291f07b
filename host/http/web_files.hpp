#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/content_coding.hpp"
#include "http/http.hpp"

namespace parley::http {

/// The files of the built page: `name` beside `name.br` and `name.gz`, where the build made them. A file is
/// read once and again when it changes, so that a build beside a running host is seen. Files only: a
/// directory is never listed. Nothing outside the root is served, by whatever path or link.
class WebFiles {
 public:
  explicit WebFiles(const std::filesystem::path& root);

  /// What a GET of this file is answered: 200, or 304 where the client has this very representation. Nothing
  /// where there is no such file. `path` is decoded and relative to the root: "assets/app.5f3c2a1b.js".
  [[nodiscard]] std::optional<HttpResponse> get(std::string_view path, const HttpRequest& request);

 private:
  /// One file on disk, as one coding of some resource.
  struct Representation {
    std::filesystem::file_time_type changed;
    std::uintmax_t size = 0;
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };

  [[nodiscard]] std::shared_ptr<const Representation> load(const std::string& path);
  [[nodiscard]] std::optional<std::filesystem::path> inside_root(const std::string& path) const;

  std::filesystem::path root_;
  std::mutex mutex_;
  std::map<std::filesystem::path, std::shared_ptr<const Representation>> loaded_;  // by where they are
};

/// The type of a file, by its name's ending.
[[nodiscard]] std::string_view media_type(std::string_view path);

/// Whether a name holds a hash of the file's content ("app.5f3c2a1b.js", "app-5F3C2A1B.js"), so that what it
/// names never changes.
[[nodiscard]] bool names_its_content(std::string_view path);

/// Whether If-None-Match lists this entity tag (RFC 9110 section 13.1.2, weak comparison).
[[nodiscard]] bool lists_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace parley::http
