#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "http/http.hpp"
#include "http/routes.hpp"

namespace parley::http {

/// Lets pages of any site read a response: players are such pages.
[[nodiscard]] HttpResponse for_all_sites(HttpResponse response);

/// What the media gateway makes, for players (RFC 8216):
///
///     /{sim}/{channel}.m3u8    the playlist of a channel, which changes with each segment
///     /{sim}/{name}.ts         a segment, which never changes
///
/// Files of these names only; whatever else is in the folder has no address.
class HlsFiles {
 public:
  /// Without a folder, this host makes no HLS.
  explicit HlsFiles(std::optional<std::filesystem::path> folder) : folder_(std::move(folder)) {}

  [[nodiscard]] HttpResponse answer(const Match& match, const HttpRequest& request) const;

 private:
  [[nodiscard]] HttpResponse file(const std::filesystem::path& name, bool playlist,
                                  const HttpRequest& request) const;

  std::optional<std::filesystem::path> folder_;
};

}  // namespace parley::http
