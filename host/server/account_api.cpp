#include "server/account_api.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "auth/token.hpp"
#include "base/parse_json.hpp"
#include "base/result.hpp"
#include "http/bearer.hpp"
#include "http/json_response.hpp"
#include "hub/error.hpp"

namespace parley::server {
namespace {

using http::HttpResponse;
using nlohmann::ordered_json;
using Why = users::Refusal::Why;

struct Answered {
  int status;
  std::string_view code;
};

Answered answered(Why why) {
  switch (why) {
    case Why::closed:
      return {403, "registration-closed"};
    case Why::bad_name:
      return {400, "bad-name"};
    case Why::bad_password:
      return {400, "bad-password"};
    case Why::taken:
      return {409, "name-taken"};
    case Why::wrong_password:
      return {401, "wrong-password"};
    case Why::signed_out:
      return {401, "token-revoked"};
    case Why::no_such_account:
      return {404, "no-such-account"};
    case Why::too_fast:
      return {429, "too-fast"};
    case Why::busy:
      return {503, "busy"};
    case Why::full:
      return {503, "too-many-accounts"};
    case Why::not_kept:
      return {503, "not-kept"};
  }
  return {500, "unknown"};
}

HttpResponse refuse(const users::Refusal& why) {
  const auto [status, code] = answered(why.why);
  auto response = http::json_error(status, code, why.sentence);
  const auto wait = std::chrono::ceil<std::chrono::seconds>(why.wait);
  if (wait.count() > 0) response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

HttpResponse done() {
  return {.status = 204, .headers = {}, .body = nullptr};
}

/// The texts of a body's members, of which each must be there.
template <std::size_t Count>
Result<std::array<std::string, Count>, std::string> read(std::string_view body,
                                                         const std::array<const char*, Count>& names) {
  const auto json = parse_json<ordered_json>(body);
  std::array<std::string, Count> texts;
  for (std::size_t i = 0; i < Count; ++i) {
    const auto found = json.is_object() ? json.find(names.at(i)) : json.end();
    if (!json.is_object() || found == json.end() || !found->is_string())
      return Failure(std::string("The body must be a JSON object with the text \"") + names.at(i) + "\".");
    texts.at(i) = found->template get<std::string>();
  }
  return texts;
}

std::int64_t seconds_of(users::Time time) {
  return time.time_since_epoch().count();
}

ordered_json to_json(const users::CallEntry& call) {
  return {{"with", call.with},
          {"account", call.with_account},
          {"direction", call.outgoing ? "outgoing" : "incoming"},
          {"outcome", name_of(call.outcome)},
          {"at", seconds_of(call.at)},
          {"seconds", call.lasted.count()}};
}

std::string_view name_of(users::Registration registration) {
  switch (registration) {
    case users::Registration::open:
      return "open";
    case users::Registration::invited:
      return "invited";
    case users::Registration::closed:
      return "closed";
  }
  return "";
}

}  // namespace

bool AccountApi::answers(http::Endpoint endpoint) {
  using enum http::Endpoint;
  return endpoint == accounts || endpoint == account_session || endpoint == account ||
         endpoint == account_password || endpoint == account_missed;
}

HttpResponse AccountApi::answer(http::Endpoint endpoint, const http::HttpRequest& request,
                                const net::Peer& peer) const {
  using enum http::Endpoint;
  const bool posts = request.method == "POST";
  // No error: every page of /people asks, and browsers would complain of it.
  if (accounts_ == nullptr && endpoint == accounts && !posts)
    return http::json_response(200, {{"registration", nullptr}});
  if (accounts_ == nullptr) return http::json_error(404, "no-accounts", "This host keeps no accounts.");
  if (endpoint == accounts && !posts)
    return http::json_response(200, {{"registration", name_of(accounts_->registration())}});
  if (endpoint == accounts) return enroll(request, peer);
  if (endpoint == account_session && posts) return sign_in(request, peer);

  const auto shown = exchange_.check(http::bearer_token(request.authorization), peer.source);
  if (shown.fault) return http::refuse_token({shown.fault->code, std::string(shown.fault->sentence)});
  if (shown.pass == nullptr || !shown.pass->sign_in)
    return http::refuse_token({hub::ErrorCode::token_required, "Sign in first."});
  const users::SignIn by{.name = shown.pass->identity, .number = *shown.pass->sign_in};
  if (endpoint == account_session) return request.method == "PUT" ? renew(by) : sign_out(by);
  if (endpoint == account_password) return change_password(by, request, peer);
  if (endpoint == account_missed) {
    if (shown.pass->may.has(hub::Right::call)) return leave_missed(by, request);
    return http::refuse_token({hub::ErrorCode::token_right, "This account may not call."});
  }
  return request.method == "DELETE" ? remove(by, request, peer) : show(by);
}

HttpResponse AccountApi::enroll(const http::HttpRequest& request, const net::Peer& peer) const {
  if (auto refused = refuse_newcomer(request, peer)) return *std::move(refused);
  const auto wish = read<2>(request.body, {"name", "password"});
  if (!wish) return http::bad_field(wish.error());
  const std::string& name = wish->front();
  // Nobody puts a guest out by taking the name from them.
  if (exchange_.ask([&](const hub::Hub& hub) { return hub.is_name_of_guest(name); }))
    return refuse(
        {.why = Why::taken,
         .sentence = "Somebody is online under this name. Choose another, or wait until they have left."});
  const auto made = accounts_->enroll(name, wish->back(), peer.source);
  return made ? session_of(201, *made) : refuse(made.error());
}

std::optional<HttpResponse> AccountApi::refuse_newcomer(const http::HttpRequest& request,
                                                        const net::Peer& peer) const {
  if (accounts_->registration() == users::Registration::open) return std::nullopt;
  if (accounts_->registration() == users::Registration::closed)
    return refuse(
        {.why = Why::closed, .sentence = "Whoever runs this host makes the accounts: ask them for one."});
  const auto shown = exchange_.check(http::bearer_token(request.authorization), peer.source);
  if (shown.fault) return http::refuse_token({shown.fault->code, std::string(shown.fault->sentence)});
  if (shown.pass == nullptr)
    return http::refuse_token(
        {hub::ErrorCode::token_required, "An account takes an invitation here: ask whoever runs this host."});
  if (!shown.pass->may.has(hub::Right::enroll))
    return http::refuse_token(
        {hub::ErrorCode::token_right,
         "This token is no invitation to make an account: its \"may\" needs register."});
  return std::nullopt;
}

HttpResponse AccountApi::sign_in(const http::HttpRequest& request, const net::Peer& peer) const {
  const auto wish = read<2>(request.body, {"name", "password"});
  if (!wish) return http::bad_field(wish.error());
  const auto& [name, password] = *wish;
  const auto proven = accounts_->sign_in(name, password, peer.source);
  return proven ? session_of(200, *proven) : refuse(proven.error());
}

HttpResponse AccountApi::renew(const users::SignIn& by) const {
  const auto found = accounts_->find(by);
  return found ? session_of(200, *found) : refuse(found.error());
}

HttpResponse AccountApi::sign_out(const users::SignIn& by) const {
  const auto out = accounts_->sign_out(by);
  return out ? done() : refuse(out.error());
}

HttpResponse AccountApi::show(const users::SignIn& by) const {
  const auto found = accounts_->find(by);
  if (!found) return refuse(found.error());
  const auto calls = accounts_->calls_of(by);
  if (!calls) return refuse(calls.error());
  ordered_json listed = ordered_json::array();
  for (const auto& call : *calls) listed.push_back(to_json(call));
  return http::json_response(
      200, {{"name", found->name}, {"since", seconds_of(found->since)}, {"calls", std::move(listed)}});
}

HttpResponse AccountApi::remove(const users::SignIn& by, const http::HttpRequest& request,
                                const net::Peer& peer) const {
  const auto wish = read<1>(request.body, {"password"});
  if (!wish) return http::bad_field(wish.error());
  const auto removed = accounts_->remove(by, wish->front(), peer.source);
  return removed ? done() : refuse(removed.error());
}

HttpResponse AccountApi::change_password(const users::SignIn& by, const http::HttpRequest& request,
                                         const net::Peer& peer) const {
  const auto wish = read<2>(request.body, {"password", "newPassword"});
  if (!wish) return http::bad_field(wish.error());
  const auto& [password, next] = *wish;
  const auto changed = accounts_->change_password(by, password, next, peer.source);
  return changed ? session_of(200, *changed) : refuse(changed.error());
}

HttpResponse AccountApi::leave_missed(const users::SignIn& by, const http::HttpRequest& request) const {
  const auto wish = read<1>(request.body, {"to"});
  if (!wish) return http::bad_field(wish.error());
  const auto left = accounts_->leave_missed(by, wish->front());
  return left ? http::json_response(201, ordered_json::object()) : refuse(left.error());
}

HttpResponse AccountApi::session_of(int status, const users::Account& account) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto claims = accounts_->claims_of(account, now);
  return http::json_response(status,
                             {{"name", account.name},
                              {"token", auth::make_token(claims, accounts_->keys().keys().front(), now)},
                              {"ends", seconds_of(claims.ends)}});
}

}  // namespace parley::server
