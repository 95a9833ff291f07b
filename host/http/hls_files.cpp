#include "http/hls_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/descriptor.hpp"
#include "http/byte_range.hpp"

namespace parley::http {
namespace {

namespace fs = std::filesystem;

/// A file that is none of ours to change while it is read: a new playlist takes the old one's name.
std::optional<net::FileSlice> open_file(const fs::path& path) {
  auto file = std::make_shared<const Descriptor>(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!*file || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return net::FileSlice{.file = std::move(file), .length = static_cast<std::uint64_t>(status.st_size)};
}

/// The whole, or the part that a player asks for.
void put_body(HttpResponse& response, net::FileSlice slice, std::string_view range_header) {
  const auto size = static_cast<std::size_t>(slice.length);
  const auto range = parse_range(range_header, size);
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (range && range->length == 0) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return;
  }
  if (range) {
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range->first) + '-' +
                                                       std::to_string(range->first + range->length - 1) +
                                                       '/' + std::to_string(size));
    slice.offset = range->first;
    slice.length = range->length;
  }
  response.file = std::move(slice);
}

}  // namespace

HttpResponse for_all_sites(HttpResponse response) {
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Access-Control-Expose-Headers", "Content-Range");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

StreamFile stream_file(const Match& match) {
  const auto endpoint = match.route->endpoint;
  const bool is_playlist = endpoint == Endpoint::playlist || endpoint == Endpoint::signed_playlist;
  const auto& [first, second, third] = match.values;
  if (endpoint == Endpoint::playlist || endpoint == Endpoint::segment)
    return {.sim = first, .name = second, .is_playlist = is_playlist};
  return {.sim = second, .name = third, .is_playlist = is_playlist, .pass = first};
}

HttpResponse HlsFiles::answer(const Match& match, const HttpRequest& request) const {
  if (request.method == "OPTIONS") {
    HttpResponse allowed{.status = 204, .headers = {}, .body = nullptr};
    allowed.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD");
    allowed.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Range");
    return allowed;
  }
  if (!folder_) {
    return text_response(
        404, plain_text,
        "This host does not offer live streaming: its media gateway is off or was not built.\n");
  }
  return file(stream_file(match), request);
}

HttpResponse HlsFiles::file(const StreamFile& wanted, const HttpRequest& request) const {
  auto slice = open_file(*folder_ / fs::path(wanted.sim) / wanted.name);
  if (!slice) {
    return text_response(404, plain_text,
                         wanted.is_playlist
                             ? "Nobody publishes under this number yet, or the stream is about to start.\n"
                             : "There is no such segment (any more). The playlist says which there are.\n");
  }
  HttpResponse response;
  if (wanted.is_playlist) {
    response.headers = {{"Content-Type", "application/vnd.apple.mpegurl"}, {"Cache-Control", "no-cache"}};
    response.file = std::move(slice);
  } else {
    const std::string_view whose = wanted.pass.empty() ? "public" : "private";
    response.headers = {{"Content-Type", "video/mp2t"},
                        {"Cache-Control", std::string(whose) + ", max-age=31536000, immutable"}};
    put_body(response, *std::move(slice), request.range);
  }
  return response;
}

}  // namespace parley::http
