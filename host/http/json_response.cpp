#include "http/json_response.hpp"

#include <nlohmann/json.hpp>

#include "hub/error.hpp"

namespace parley::http {

HttpResponse json_response(int status, const nlohmann::ordered_json& json) {
  return text_response(status, "application/json",
                       json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

HttpResponse json_error(int status, std::string_view code, std::string_view sentence) {
  return json_response(status, {{"type", "error"}, {"code", code}, {"message", sentence}});
}

HttpResponse bad_field(std::string_view sentence) {
  return json_error(400, name_of(hub::ErrorCode::bad_field), sentence);
}

}  // namespace parley::http
