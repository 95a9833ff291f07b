#include "http/json_response.hpp"

#include <nlohmann/json.hpp>

namespace parley::http {

HttpResponse json_response(int status, const nlohmann::ordered_json& json) {
  return text_response(status, "application/json",
                       json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace parley::http
