#include "http/routes.hpp"

#include <string>

#include "base/header_list.hpp"
#include "base/sim_number.hpp"
#include "hls/own_files.hpp"

namespace parley::http {
namespace {

using enum Door;

constexpr std::string_view get = "GET, HEAD";

// clang-format off
constexpr std::array table{
    Route{web_socket, "/ws", "", Endpoint::parley_v1, "parley.v1, Parley's own"},
    Route{web_socket, "/webrtc", "", Endpoint::serverpod, "the dialect serverpod"},
    Route{web_socket, "/webrtc/signaling/{room}/{peer}", "", Endpoint::fastapi, "the dialect fastapi"},
    Route{web_socket, "/socket.io/", "", Endpoint::socketio, "the dialect socketio"},
    Route{web_socket, "/", "", Endpoint::calls, "the dialect calls"},
    Route{web_socket, "/{sim:number}", "", Endpoint::sim, "the dialect sim"},

    Route{request, "/", get, Endpoint::page, "the start page", "index.html"},
    Route{request, "/webrtc/client", get, Endpoint::page, "the same, where fastapi has its client", "index.html"},
    Route{request, "/r/{room}", get, Endpoint::page, "a room", "room.html"},
    Route{request, "/people", get, Endpoint::page, "who is online, and calls by name", "people.html"},
    Route{request, "/publish", get, Endpoint::page, "publishes a camera", "publish.html"},
    Route{request, "/publish/{sim}", get, Endpoint::page, "publishes a camera under this number", "publish.html"},
    Route{request, "/watch/{sim}", get, Endpoint::page, "plays a stream", "watch.html"},
    Route{request, "/healthz", get, Endpoint::health, "how the host is doing, as JSON"},
    Route{request, "/api/v1/ice", get, Endpoint::ice, "the ICE servers of this host, as JSON"},
    Route{request, "/api/v1/rooms/{room}/invitations", "POST, DELETE, OPTIONS", Endpoint::invitations, "makes a link that lets people into a room; DELETE withdraws all of them"},
    Route{request, "/api/v1/accounts", "GET, HEAD, POST, OPTIONS", Endpoint::accounts, "who may make accounts, as JSON; POST makes one"},
    Route{request, "/api/v1/accounts/session", "POST, PUT, DELETE, OPTIONS", Endpoint::account_session, "signs in; PUT renews, DELETE signs out everywhere"},
    Route{request, "/api/v1/accounts/me", "GET, HEAD, DELETE, OPTIONS", Endpoint::account, "one's account and calls, as JSON; DELETE removes it"},
    Route{request, "/api/v1/accounts/me/password", "PUT, OPTIONS", Endpoint::account_password, "changes one's password"},
    Route{request, "/api/v1/accounts/me/missed", "POST, OPTIONS", Endpoint::account_missed, "leaves somebody a missed call"},
    Route{request, "/socket.io/", "GET, POST, OPTIONS", Endpoint::socketio, "Engine.IO by polling"},
    Route{request, "/webrtc/rooms", get, Endpoint::fastapi_rooms, "the rooms of the dialect fastapi, as JSON"},
    Route{request, "/webrtc/rooms/{room}/peers", get, Endpoint::fastapi_peers, "who is in one of them, as JSON"},
    Route{request, "/whip/{sim:number}", "GET, HEAD, POST, OPTIONS", Endpoint::whip, "publishes by WHIP"},
    Route{request, "/whip/{sim:number}/{session}", "GET, HEAD, PATCH, DELETE, OPTIONS", Endpoint::whip_session, "a WHIP session"},
    Route{request, "/whip/{...}", "GET, HEAD, POST, PATCH, DELETE, OPTIONS", Endpoint::whip_elsewhere, "says where WHIP is"},
    Route{request, "/{sim:number}/{channel}.m3u8", "GET, HEAD, OPTIONS", Endpoint::playlist, "the HLS playlist of a stream"},
    Route{request, "/{sim:number}/{segment}.ts", "GET, HEAD, OPTIONS", Endpoint::segment, "a segment that a playlist names"},
    Route{request, "/hls/{pass}/{sim:number}/{channel}.m3u8", "GET, HEAD, OPTIONS", Endpoint::signed_playlist, "the same, for who was let in"},
    Route{request, "/hls/{pass}/{sim:number}/{segment}.ts", "GET, HEAD, OPTIONS", Endpoint::signed_segment, "the same, for who was let in"},
    Route{request, "/{...}", get, Endpoint::file, "a file of the built pages"},

    Route{manager, "/api/v1/openapi.json", get, Endpoint::manager_openapi, "the OpenAPI document of this API"},
    Route{manager, "/api/v1/sessions", get, Endpoint::manager_sessions, "how many sessions there are"},
    Route{manager, "/api/v1/rooms", get, Endpoint::manager_rooms, "all rooms"},
    Route{manager, "/api/v1/rooms/{room}", "GET, HEAD, PUT, DELETE", Endpoint::manager_room, "a room; PUT makes one with rules, DELETE ends it"},
    Route{manager, "/api/v1/rooms/{room}/members", "GET, HEAD, POST", Endpoint::manager_members, "its members; POST adds one"},
    Route{manager, "/api/v1/rooms/{room}/members/{id}", "GET, HEAD, DELETE", Endpoint::manager_member, "a member; DELETE removes it"},
    Route{manager, "/api/v1/rooms/{room}/members/{id}/peers", get, Endpoint::manager_peers, "the other members"},
    Route{manager, "/api/v1/rooms/{room}/members/{id}/peers-list", "POST", Endpoint::manager_peers_list, "sends the member its peers_list"},
    Route{manager, "/api/v1/rooms/{room}/members/{id}/joined", "POST", Endpoint::manager_joined, "tells the others that it joined"},
    Route{manager, "/api/v1/rooms/{room}/members/{id}/left", "POST", Endpoint::manager_left, "tells the others that it left"},
    Route{manager, "/api/v1/rooms/{room}/relay", "POST", Endpoint::manager_relay, "relays a signal"},
    Route{manager, "/api/v1/rooms/{room}/moderate", "POST", Endpoint::manager_moderate, "does what a moderator may"},
    Route{manager, "/api/v1/rooms/{room}/lobby", get, Endpoint::manager_lobby, "who waits, and who was removed"},
};
// clang-format on

/// Takes the next segment off a path; its slash goes too.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// An empty name of a room or a peer is the hub's to refuse, with a sentence in the dialect.
bool stands_for(std::string_view placeholder, std::string_view segment, Door door) {
  if (placeholder == "{sim:number}") return is_sim_number(segment);
  if (placeholder.ends_with(".m3u8")) return hls::is_playlist_name(segment);
  if (placeholder.ends_with(".ts")) return hls::is_segment_name(segment);
  return !segment.empty() || door == web_socket;
}

std::optional<Match> match(const Route& route, std::string_view path) {
  Match found{.route = &route};
  std::size_t values = 0;
  std::string_view pattern = route.path;
  while (path.starts_with('/') && pattern.starts_with('/')) {
    const auto expected = take_segment(pattern);
    if (expected == "{...}") return found;
    const auto segment = take_segment(path);
    if (expected.starts_with('{')) {
      if (!stands_for(expected, segment, route.door)) return std::nullopt;
      found.values.at(values++) = segment;
    } else if (segment != expected) {
      return std::nullopt;
    }
  }
  // Engine.IO's clients may leave the slash at the end of theirs out.
  const bool whole = path.empty() && (pattern.empty() || pattern == "/");
  return whole ? std::optional(found) : std::nullopt;
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

std::optional<Match> find_route(Door door, std::string_view path) {
  for (const Route& route : table) {
    if (route.door != door) continue;
    if (auto found = match(route, path)) return found;
  }
  return std::nullopt;
}

std::optional<HttpResponse> refuse_method(const Route& route, std::string_view method) {
  for (std::string_view methods = route.methods; !methods.empty();) {
    if (take_item(methods, ',') == method) return std::nullopt;
  }
  auto refusal =
      text_response(405, "text/plain; charset=utf-8", "Here work " + std::string(route.methods) + ".\n");
  refusal.headers.emplace_back("Allow", std::string(route.methods));
  return refusal;
}

}  // namespace parley::http
