#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "http/http.hpp"

namespace parley::http {

/// What is not UTF-8 is replaced.
[[nodiscard]] HttpResponse json_response(int status, const nlohmann::ordered_json& json);

/// What is wrong, for programs and for people: {"type":"error","code":…,"message":…}.
[[nodiscard]] HttpResponse json_error(int status, std::string_view code, std::string_view sentence);

/// The same of a request that is not as it must be: 400 and bad-field.
[[nodiscard]] HttpResponse bad_field(std::string_view sentence);

}  // namespace parley::http
