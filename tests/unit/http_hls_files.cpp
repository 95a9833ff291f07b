#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "http/hls_files.hpp"
#include "media/hls_folder.hpp"

namespace parley::http {
namespace {

namespace fs = std::filesystem;

/// A folder as the gateway leaves it.
class HttpHlsFiles : public testing::Test {
 protected:
  HttpHlsFiles() {
    put("12345/1.m3u8", "#EXTM3U\n");
    put("12345/1-17-0.ts", "0123456789");
    put("12345/1.m3u8.new", "half a playlist");
    put("12345/film0.ts", "somebody else's");
    put("12345/1-17-3.ts.new", "half a segment");
    put("secret.ts", "secret");
    fs::create_symlink(folder.path() / "secret.ts", folder.path() / "12345/1-17-1.ts");
    fs::create_directory(folder.path() / "12345/1-17-2.ts");
  }

  void put(const std::string& name, const std::string& content) const {
    fs::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << content;
  }

  [[nodiscard]] HttpResponse get(std::string_view path, std::string_view range = "",
                                 std::string_view method = "GET") const {
    const auto match = find_route(Door::request, path);
    if (!match ||
        (match->route->endpoint != Endpoint::playlist && match->route->endpoint != Endpoint::segment))
      return {.status = 0, .headers = {}, .body = nullptr};
    if (auto refused = refuse_method(*match->route, method)) return for_all_sites(*std::move(refused));
    return for_all_sites(files.answer(*match, {.method = method, .path = path, .range = range}));
  }

  /// What the front would send of it.
  static std::string body_of(const HttpResponse& response) {
    if (!response.file) return "no file";
    std::string bytes(response.file->length, '\0');
    const auto got = ::pread(response.file->file->get(), bytes.data(), bytes.size(),
                             static_cast<off_t>(response.file->offset));
    EXPECT_EQ(got, static_cast<ssize_t>(bytes.size()));
    return bytes;
  }

  static std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "none";
  }

  const media::HlsFolder folder = *media::HlsFolder::make({});
  const HlsFiles files{folder.path()};
};

TEST_F(HttpHlsFiles, a_playlist_is_asked_for_anew_each_time) {
  const auto playlist = get("/12345/1.m3u8");
  EXPECT_EQ(playlist.status, 200);
  EXPECT_EQ(body_of(playlist), "#EXTM3U\n");
  EXPECT_EQ(header(playlist, "Content-Type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(header(playlist, "Cache-Control"), "no-cache");
  put("12345/1.m3u8", "#EXTM3U 2\n");
  EXPECT_EQ(body_of(get("/12345/1.m3u8")), "#EXTM3U 2\n");
}

TEST_F(HttpHlsFiles, a_segment_may_be_kept_for_good) {
  const auto segment = get("/12345/1-17-0.ts");
  EXPECT_EQ(segment.status, 200);
  EXPECT_EQ(body_of(segment), "0123456789");
  EXPECT_EQ(header(segment, "Content-Type"), "video/mp2t");
  EXPECT_EQ(header(segment, "Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(HttpHlsFiles, a_segment_is_also_served_in_part) {
  const auto part = get("/12345/1-17-0.ts", "bytes=3-5");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(body_of(part), "345");
  EXPECT_EQ(header(part, "Content-Range"), "bytes 3-5/10");
  const auto behind = get("/12345/1-17-0.ts", "bytes=10-");
  EXPECT_EQ(behind.status, 416);
  EXPECT_EQ(header(behind, "Content-Range"), "bytes */10");
}

TEST_F(HttpHlsFiles, pages_of_any_site_may_read_all_of_it_the_errors_too) {
  for (const char* path : {"/12345/1.m3u8", "/12345/1-17-0.ts", "/12345/2.m3u8", "/99999/1.m3u8"})
    EXPECT_EQ(header(get(path), "Access-Control-Allow-Origin"), "*") << path;
  const auto preflight = get("/12345/1-17-0.ts", "", "OPTIONS");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Headers"), "Authorization, Range");
  EXPECT_EQ(get("/12345/1.m3u8", "", "POST").status, 405);
}

TEST_F(HttpHlsFiles, where_there_is_nothing_to_play_it_says_so) {
  for (const char* path : {"/12345/2.m3u8", "/99999/1.m3u8", "/12345/1-17-9.ts"}) {
    const auto missing = get(path);
    EXPECT_EQ(missing.status, 404) << path;
    EXPECT_TRUE(missing.body->ends_with(".\n")) << path;
    EXPECT_EQ(header(missing, "Cache-Control"), "no-store") << path;
  }
}

TEST_F(HttpHlsFiles, nothing_else_in_the_folder_has_an_address) {
  for (const char* path : {"/12345/1-17-1.ts", "/12345/1-17-2.ts"}) EXPECT_EQ(get(path).status, 404) << path;
  for (const char* path :
       {"/12345/film0.ts", "/12345/1-17-3.ts.new", "/12345/1.m3u8.new", "/12345/", "/12345", "/secret.ts",
        "/12345/../secret.ts", "/../12345/1.m3u8", "/12345/.ts", "/12345/.m3u8", "/12345/a.m3u8",
        "/1234/1.m3u8", "/12345/a/b.ts", "/12345/%31.m3u8", "//12345/1.m3u8", "12345/1.m3u8", ""})
    EXPECT_EQ(get(path).status, 0) << path;
}

TEST_F(HttpHlsFiles, a_host_without_a_gateway_says_that_it_makes_no_hls) {
  constexpr std::string_view path = "/12345/1.m3u8";
  const auto response =
      HlsFiles(std::nullopt).answer(*find_route(Door::request, path), {.method = "GET", .path = path});
  EXPECT_EQ(response.status, 404);
  EXPECT_TRUE(response.body->starts_with("This host does not offer live streaming"));
}

}  // namespace
}  // namespace parley::http
