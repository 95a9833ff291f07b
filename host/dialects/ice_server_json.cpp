#include "dialects/ice_server_json.hpp"

#include <nlohmann/json.hpp>

namespace parley::dialects {

nlohmann::ordered_json json_of(const hub::IceServer& server) {
  nlohmann::ordered_json json{{"urls", server.urls}};
  if (!server.username.empty()) json["username"] = server.username;
  if (!server.credential.empty()) json["credential"] = server.credential;
  return json;
}

}  // namespace parley::dialects
