#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "http/http.hpp"
#include "http/routes.hpp"

namespace parley::http {

/// Lets pages of any site read a response: players are such pages.
[[nodiscard]] HttpResponse for_all_sites(HttpResponse response);

/// What a path of a stream names.
struct StreamFile {
  std::string_view sim;
  std::string_view name;
  bool is_playlist = false;
  std::string_view pass{};  ///< of whoever was let in; empty where the path has none
};

/// Of a route to a playlist or a segment.
[[nodiscard]] StreamFile stream_file(const Match& match);

/// What the media gateway makes, for players (RFC 8216):
///
///     /{sim}/{channel}.m3u8    the playlist of a channel, which changes with each segment
///     /{sim}/{name}.ts         a segment, which never changes
///
/// and the same behind /hls/{pass}. Who may see them is not decided here.
/// Files of these names only; whatever else is in the folder has no address.
class HlsFiles {
 public:
  /// Without a folder, this host makes no HLS.
  explicit HlsFiles(std::optional<std::filesystem::path> folder) : folder_(std::move(folder)) {}

  [[nodiscard]] HttpResponse answer(const Match& match, const HttpRequest& request) const;

 private:
  [[nodiscard]] HttpResponse file(const StreamFile& wanted, const HttpRequest& request) const;

  std::optional<std::filesystem::path> folder_;
};

}  // namespace parley::http
