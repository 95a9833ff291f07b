#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/http.hpp"
#include "hub/refusal.hpp"

namespace parley::http {

/// The token of a header Authorization (RFC 6750 section 2.1); empty where there is none.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

/// The same, or that of a query's parameter `token` where no header says one: for players, and for WebSockets of pages,
/// which send no headers.
[[nodiscard]] std::string token_of(std::string_view authorization, std::string_view query);

/// What whoever shows no token that will do is answered (RFC 6750 section 3).
[[nodiscard]] HttpResponse refuse_token(const hub::Refusal& why);

}  // namespace parley::http
