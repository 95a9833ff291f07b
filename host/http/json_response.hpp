#pragma once

#include <nlohmann/json_fwd.hpp>

#include "http/http.hpp"

namespace parley::http {

/// What is not UTF-8 is replaced.
[[nodiscard]] HttpResponse json_response(int status, const nlohmann::ordered_json& json);

}  // namespace parley::http
