#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/http.hpp"

namespace parley::http {

/// What a path is asked for. The room manager has a listener of its own (--manager).
enum class Door : std::uint8_t { web_socket, request, manager };

/// Who answers.
enum class Endpoint : std::uint8_t {
  parley_v1,
  fastapi,
  serverpod,
  socketio,
  calls,
  sim,
  page,
  file,
  health,
  ice,
  invitations,
  accounts,
  account_session,
  account,
  account_password,
  account_missed,
  fastapi_rooms,
  fastapi_peers,
  whip,
  whip_session,
  whip_elsewhere,
  playlist,
  segment,
  signed_playlist,
  signed_segment,
  manager_openapi,
  manager_sessions,
  manager_rooms,
  manager_room,
  manager_members,
  manager_member,
  manager_peers,
  manager_peers_list,
  manager_joined,
  manager_left,
  manager_relay,
  manager_moderate,
  manager_lobby,
};

struct Route {
  Door door;
  /// Segments as they are, or `{name}`: any one segment. `{sim:number}` is 5 to 20 digits, `{…}.m3u8` and
  /// `{…}.ts` the gateway's own names, and `{...}` all that follows.
  std::string_view path;
  std::string_view methods;  ///< as the header Allow has them; of a WebSocket none
  Endpoint endpoint;
  std::string_view summary;
  std::string_view page{};  ///< of a page, its file
};

/// Every path there is; the first that fits answers. docs/paths.md is this table for people.
[[nodiscard]] std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;
  std::array<std::string_view, 3> values{};  ///< what stands for the placeholders, as it came
};

/// Of a path as it came: not decoded, without the query.
[[nodiscard]] std::optional<Match> find_route(Door door, std::string_view path);

/// The refusal (405) of a method that a route does not have.
[[nodiscard]] std::optional<HttpResponse> refuse_method(const Route& route, std::string_view method);

}  // namespace parley::http
