#include "http/rest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace parley::http {
namespace {

using nlohmann::ordered_json;

std::vector<std::string> ids_of(const std::vector<hub::Member>& members) {
  std::vector<std::string> ids;
  ids.reserve(members.size());
  for (const hub::Member& member : members) ids.push_back(member.id);
  return ids;
}

HttpResponse json_response(int status, const ordered_json& json) {
  return text_response(status, "application/json",
                       json.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

HttpResponse all_rooms(exchange::Exchange& exchange) {
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

HttpResponse peers_of(const std::string& name, exchange::Exchange& exchange) {
  // A room without members does not exist.
  const auto members = exchange.ask([&](const hub::Hub& hub) { return hub.members(name); });
  if (members.empty()) return json_response(404, {{"detail", "Room not found"}});
  return json_response(200, {{"room_id", name}, {"peers", ids_of(members)}});
}

}  // namespace

std::optional<HttpResponse> answer_rest(const HttpRequest& request, exchange::Exchange& exchange) {
  constexpr std::string_view rooms = "/webrtc/rooms";
  constexpr std::string_view peers = "/peers";
  std::string_view path = request.path;
  if (!path.starts_with(rooms) || (request.method != "GET" && request.method != "HEAD")) return std::nullopt;
  path.remove_prefix(rooms.size());
  if (path.empty()) return all_rooms(exchange);
  if (!path.starts_with('/') || !path.ends_with(peers)) return std::nullopt;
  const auto name = decode_path(path.substr(1, path.size() - 1 - peers.size()));
  if (!name || path.find('/', 1) != path.size() - peers.size()) return std::nullopt;
  return peers_of(*name, exchange);
}

}  // namespace parley::http
