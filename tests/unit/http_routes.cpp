#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "http/manager_api.hpp"
#include "http/routes.hpp"

namespace parley::http {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(PARLEY_SOURCE) + '/' + file);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Everything between a heading and the next of its kind.
std::string section(const std::string& text, const std::string& heading) {
  const auto from = text.find("\n## " + heading + '\n');
  EXPECT_NE(from, std::string::npos) << heading;
  return text.substr(from, text.find("\n## ", from + 1) - from);
}

std::vector<std::string> all(const std::string& text, const char* pattern, const std::string& format) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), regex); at != std::sregex_iterator(); ++at)
    found.push_back(at->format(format));
  return found;
}

/// As the documents write a path. What takes all that is left is not in their tables.
std::vector<std::string> documented(Door door, bool with_methods) {
  std::vector<std::string> lines;
  for (const Route& route : routes()) {
    if (route.door != door || route.path.ends_with("{...}")) continue;
    std::string line = std::regex_replace(std::string(route.path), std::regex(":number"), "");
    if (with_methods) line.append(" ").append(route.methods);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string page_of(std::string_view path) {
  const auto match = find_route(Door::request, path);
  return match ? std::string(match->route->page) : "no route";
}

Endpoint endpoint_of(std::string_view path) {
  const auto match = find_route(Door::request, path);
  return match ? match->route->endpoint : Endpoint::parley_v1;
}

TEST(HttpRoutes, the_document_of_paths_has_these_and_no_others) {
  const std::string text = text_of("docs/paths.md");
  constexpr const char* row = R"(\n\| `([^`]+)` +\| ([A-Z, ]*[A-Z]) +\|)";
  EXPECT_THAT(all(section(text, "WebSocket"), R"(\n\| `([^`]+)`)", "$1"),
              UnorderedElementsAreArray(documented(Door::web_socket, false)));
  EXPECT_THAT(all(section(text, "HTTP"), row, "$1 $2"),
              UnorderedElementsAreArray(documented(Door::request, true)));
  EXPECT_THAT(all(section(text, "Room manager"), row, "$1 $2"),
              UnorderedElementsAreArray(documented(Door::manager, true)));
}

TEST(HttpRoutes, the_table_of_dialects_has_every_web_socket_but_parleys_own) {
  auto found = all(text_of("docs/dialects.md"), R"(\n\| `\w+` +\| `(/[^`]*)`)", "$1");
  found.emplace_back("/ws");
  EXPECT_THAT(found, UnorderedElementsAreArray(documented(Door::web_socket, false)));
}

TEST(HttpRoutes, the_openapi_document_has_every_operation_of_the_room_manager) {
  const auto document = nlohmann::json::parse(manager_openapi());
  const auto root = document["servers"][0]["url"].get<std::string>();
  std::vector<std::string> operations;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items())
      if (method != "parameters")
        operations.push_back(std::string(method).append(" ").append(root).append(path));
  }
  std::vector<std::string> routed;
  for (const Route& route : routes()) {
    if (route.door != Door::manager) continue;
    for (const char* method : {"get", "post", "put", "patch", "delete"}) {
      std::string upper = method;
      std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      if (!refuse_method(route, upper)) routed.push_back(method + (' ' + std::string(route.path)));
    }
  }
  EXPECT_THAT(operations, UnorderedElementsAreArray(routed));
}

TEST(HttpRoutes, every_path_that_the_documents_name_leads_somewhere) {
  for (const char* file : {"README.md", "docs/deploy.md", "docs/dialects.md"}) {
    for (std::string path : all(text_of(file), R"(`(?:[A-Z]+ )?(/[^`\s?]*)[^`\n]*`)", "$1")) {
      if (path == "/api/v1") continue;                                        // a prefix
      if (std::regex_search(path, std::regex("^/(etc|opt|var)/"))) continue;  // of the machine
      path = std::regex_replace(path, std::regex(R"(\{sim\})"), "12345");
      path = std::regex_replace(path, std::regex(R"(\{channel\})"), "1");
      const auto found = find_route(Door::request, path);
      const bool leads = find_route(Door::web_socket, path) || find_route(Door::manager, path) ||
                         (found && found->route->endpoint != Endpoint::file);
      EXPECT_TRUE(leads) << file << " names " << path;
    }
  }
}

TEST(HttpRoutes, the_first_that_fits_answers) {
  EXPECT_EQ(endpoint_of("/webrtc/rooms"), Endpoint::fastapi_rooms);
  EXPECT_EQ(endpoint_of("/webrtc/rooms/"), Endpoint::file);
  EXPECT_EQ(endpoint_of("/12345/1.m3u8"), Endpoint::playlist);
  EXPECT_EQ(endpoint_of("/1234/1.m3u8"), Endpoint::file);
  EXPECT_EQ(endpoint_of("/whip/12345"), Endpoint::whip);
  EXPECT_EQ(endpoint_of("/whip/12345/"), Endpoint::whip_elsewhere);
  EXPECT_EQ(endpoint_of("/whip/ada"), Endpoint::whip_elsewhere);
  EXPECT_EQ(endpoint_of("/socket.io"), Endpoint::socketio);
  EXPECT_EQ(page_of("/"), "index.html");
  EXPECT_EQ(page_of("/r/a%2Fb"), "room.html");
  EXPECT_EQ(page_of("/r/"), "");
  EXPECT_EQ(page_of("/r/a/b"), "");
  EXPECT_EQ(page_of("r/a"), "no route");
  EXPECT_FALSE(find_route(Door::web_socket, "/ws/"));
  EXPECT_FALSE(find_route(Door::manager, "/"));
}

TEST(HttpRoutes, placeholders_have_what_stands_for_them) {
  EXPECT_THAT(find_route(Door::web_socket, "/webrtc/signaling/blue%20otter/ada")->values,
              ElementsAre("blue%20otter", "ada", ""));
  EXPECT_THAT(find_route(Door::request, "/12345/1.m3u8")->values, ElementsAre("12345", "1.m3u8", ""));
  EXPECT_THAT(find_route(Door::web_socket, "/webrtc/signaling//ada")->values, ElementsAre("", "ada", ""));
  EXPECT_THAT(find_route(Door::request, "/hls/9.x/12345/1.m3u8")->values,
              ElementsAre("9.x", "12345", "1.m3u8"));
  EXPECT_FALSE(find_route(Door::request, "/webrtc/rooms//peers")->route->endpoint == Endpoint::fastapi_peers);
  EXPECT_FALSE(find_route(Door::web_socket, "/webrtc/signaling/blue/ada/x"));
}

TEST(HttpRoutes, a_method_that_a_path_does_not_have_is_told_those_that_it_has) {
  const Route& route = *find_route(Door::request, "/people")->route;
  EXPECT_FALSE(refuse_method(route, "HEAD"));
  for (const char* method : {"PUT", "get", "GET,", "", "OPTIONS"}) {
    const auto refused = refuse_method(route, method);
    ASSERT_TRUE(refused) << method;
    EXPECT_EQ(refused->status, 405);
    EXPECT_THAT(refused->headers, Contains(std::pair<std::string_view, std::string>("Allow", "GET, HEAD")));
  }
}

}  // namespace
}  // namespace parley::http
