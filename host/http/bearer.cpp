#include "http/bearer.hpp"

#include "base/header_list.hpp"
#include "http/json_response.hpp"

namespace parley::http {

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer";
  if (authorization.size() <= scheme.size() || !same_name(authorization.substr(0, scheme.size()), scheme) ||
      authorization[scheme.size()] != ' ')
    return {};
  return trimmed(authorization.substr(scheme.size()));
}

std::string token_of(std::string_view authorization, std::string_view query) {
  const auto token = bearer_token(authorization);
  if (!token.empty()) return std::string(token);
  return query_parameter(query, "token").value_or("");
}

HttpResponse refuse_token(const hub::Refusal& why) {
  using enum hub::ErrorCode;
  const bool may_not = why.code == token_right || why.code == token_room;
  const int status = why.code == too_fast ? 429 : may_not ? 403 : 401;
  auto response = json_error(status, name_of(why.code), why.sentence);
  if (why.code == token_required) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
  } else if (status != 429) {
    response.headers.emplace_back("WWW-Authenticate", may_not ? R"(Bearer error="insufficient_scope")"
                                                              : R"(Bearer error="invalid_token")");
  }
  return response;
}

}  // namespace parley::http
