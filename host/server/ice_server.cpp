#include "server/ice_server.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/header_list.hpp"

namespace parley::server {
namespace {

using nlohmann::json;

/// What is put into Link headers has no controls, and a URL none of what ends one there.
bool has_none_of(std::string_view text, std::string_view refused) {
  return std::ranges::none_of(text, [&](char c) {
    return (c >= 0 && c < ' ') || c == '\x7f' || refused.find(c) != std::string_view::npos;
  });
}

bool has_scheme(std::string_view url, std::initializer_list<std::string_view> schemes) {
  return has_none_of(url, "<> \"") && std::ranges::any_of(schemes, [url](std::string_view scheme) {
           return url.starts_with(scheme) && url.size() > scheme.size();
         });
}

bool is_ice_url(std::string_view url) {
  return has_scheme(url, {"stun:", "stuns:"}) || is_turn_uri(url);  // RFC 7064
}

std::optional<hub::IceServer> from_json(const json& value) {
  if (!value.is_object() || !value.contains("urls")) return std::nullopt;
  hub::IceServer server;
  const json& urls = value["urls"];
  for (const json& url : urls.is_array() ? urls : json::array({urls})) {
    if (!url.is_string() || !is_ice_url(url.get_ref<const std::string&>())) return std::nullopt;
    server.urls.push_back(url.get<std::string>());
  }
  for (const auto& [key, target] :
       {std::pair{"username", &server.username}, {"credential", &server.credential}}) {
    const auto field = value.find(key);
    if (field == value.end()) continue;
    if (!field->is_string() || !has_none_of(field->get_ref<const std::string&>(), "")) return std::nullopt;
    *target = field->get<std::string>();
  }
  return server.urls.empty() ? std::nullopt : std::optional(server);
}

}  // namespace

bool is_turn_uri(std::string_view uri) {
  return has_scheme(uri, {"turn:", "turns:"});
}

std::optional<std::vector<hub::IceServer>> parse_ice_servers(const std::string& text) {
  std::vector<hub::IceServer> servers;
  if (text.starts_with('{') || text.starts_with('[')) {
    const json parsed = json::parse(text, nullptr, false);
    if (parsed.is_discarded()) return std::nullopt;
    for (const json& value : parsed.is_array() ? parsed : json::array({parsed})) {
      auto server = from_json(value);
      if (!server) return std::nullopt;
      servers.push_back(std::move(*server));
    }
    return servers;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const auto url = take_item(rest, ',');
    if (!is_ice_url(url)) return std::nullopt;
    servers.push_back({.urls = {std::string(url)}, .username = {}, .credential = {}});
  }
  return servers;
}

}  // namespace parley::server
