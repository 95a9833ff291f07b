#include "dialects/ice_server_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace parley::dialects {

nlohmann::ordered_json json_of(const std::vector<hub::IceServer>& servers) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const hub::IceServer& server : servers) {
    nlohmann::ordered_json json{{"urls", server.urls}};
    if (!server.username.empty()) json["username"] = server.username;
    if (!server.credential.empty()) json["credential"] = server.credential;
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace parley::dialects
