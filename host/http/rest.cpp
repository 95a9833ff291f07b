#include "http/rest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "dialects/ice_server_json.hpp"
#include "http/json_response.hpp"

namespace parley::http {
namespace {

using nlohmann::ordered_json;

std::vector<std::string> ids_of(const std::vector<hub::Member>& members) {
  std::vector<std::string> ids;
  ids.reserve(members.size());
  for (const hub::Member& member : members) ids.push_back(member.id);
  return ids;
}

}  // namespace

HttpResponse rooms_are_not_for_all() {
  return json_response(
      403, {{"detail", "Rooms are listed for programs on this machine: for no page, and through no proxy."}});
}

HttpResponse rooms_of_fastapi(exchange::Exchange& exchange) {
  const auto all = exchange.ask([](const hub::Hub& hub) {
    std::vector<std::pair<std::string, std::vector<hub::Member>>> found;
    for (std::string& name : hub.rooms()) {
      auto members = hub.members(name);
      found.emplace_back(std::move(name), std::move(members));
    }
    return found;
  });
  ordered_json rooms = ordered_json::array();
  for (const auto& [name, members] : all) {
    // A room's name is its key: those in which nobody speaks this protocol are not its clients' to see.
    const bool theirs = std::ranges::any_of(
        members, [](const hub::Member& member) { return member.dialect == hub::Dialect::fastapi; });
    if (!theirs) continue;
    rooms.push_back({{"room_id", name}, {"peer_count", members.size()}, {"peers", ids_of(members)}});
  }
  return json_response(200, {{"rooms", std::move(rooms)}});
}

std::optional<HttpResponse> peers_of_fastapi(std::string_view room, exchange::Exchange& exchange) {
  const auto name = decode_path(room);
  if (!name) return std::nullopt;
  // A room without members does not exist.
  const auto members = exchange.ask([&](const hub::Hub& hub) { return hub.members(*name); });
  if (members.empty()) return json_response(404, {{"detail", "Room not found"}});
  return json_response(200, {{"room_id", *name}, {"peers", ids_of(members)}});
}

HttpResponse ice_servers(const std::vector<hub::IceServer>& servers) {
  return json_response(200, {{"iceServers", dialects::json_of(servers)}});  // which nobody may keep
}

}  // namespace parley::http
