#include "server/invitations.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/parse_json.hpp"
#include "http/bearer.hpp"
#include "http/json_response.hpp"
#include "hub/config.hpp"
#include "hub/names.hpp"

namespace parley::server {
namespace {

using http::HttpResponse;
using nlohmann::ordered_json;

struct Wish {
  hub::Rights may{hub::Right::join};
  std::chrono::seconds lasts = Invitations::usual;
};

/// Nothing where the words are none, or of rights that are for no single room.
std::optional<hub::Rights> read_rights(const ordered_json& words) {
  if (!words.is_array() || words.empty()) return std::nullopt;
  hub::Rights may;
  for (const auto& word : words) {
    const auto right = word.is_string() ? hub::right_of(word.get<std::string>()) : std::nullopt;
    if (right != hub::Right::join && right != hub::Right::moderate) return std::nullopt;
    may.add(*right);
  }
  return may;
}

Result<Wish, std::string> read_wish(std::string_view body) {
  Wish wish;
  if (body.empty()) return wish;
  const auto json = parse_json<ordered_json>(body);
  if (!json.is_object()) return Failure(std::string("The body must be a JSON object, or empty."));
  if (const auto words = json.find("may"); words != json.end()) {
    const auto may = read_rights(*words);
    if (!may) return Failure(std::string(R"("may" must be a list of "join" and "moderate".)"));
    wish.may = *may;
  }
  if (const auto seconds = json.find("seconds"); seconds != json.end()) {
    constexpr std::uint64_t most = std::chrono::seconds(Epochs::remembered).count();
    const std::uint64_t asked = seconds->is_number_unsigned() ? seconds->get<std::uint64_t>() : 0;
    if (asked < 1 || asked > most)
      return Failure(R"("seconds" must be a whole number from 1 to )" + std::to_string(most) + '.');
    wish.lasts = std::chrono::seconds(asked);
  }
  return wish;
}

/// As a path has it (RFC 3986 section 3.3): all but letters, digits and "-._~" as escapes.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append({'%', digits[byte / 16], digits[byte % 16]});
    }
  }
  return out;
}

}  // namespace

HttpResponse Invitations::answer(std::string_view room, const http::HttpRequest& request,
                                 const net::Peer& peer) const {
  if (tokens_ == nullptr)
    return http::json_error(409, "no-auth",
                            "This host asks for no tokens: the room's address lets everybody in.");
  const auto name = http::percent_decode(room);
  if (!name || !hub::is_id(*name, hub::Limits{}.id_bytes))
    return http::bad_field("The room's name in the path is none.");
  const auto shown = exchange_.check(http::bearer_token(request.authorization), peer.source);
  if (const auto may = access_.moderate(shown, *name, std::chrono::steady_clock::now()); !may)
    return http::refuse_token(may.error());
  return request.method == "DELETE" ? withdraw(*name) : make(*name, request, *shown.pass);
}

HttpResponse Invitations::make(const std::string& room, const http::HttpRequest& request,
                               const hub::Pass& by) const {
  const auto wish = read_wish(request.body);
  if (!wish) return http::bad_field(wish.error());
  const bool has_all = by.may.has(hub::Right::admin);
  for (const hub::Right right : {hub::Right::join, hub::Right::moderate}) {
    if (wish->may.has(right) && !has_all && !by.may.has(right))
      return http::json_error(403, name_of(hub::ErrorCode::token_right),
                              "Nobody gives others a right that is not their own.");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  // Who may moderate for a while makes nobody a moderator for longer.
  const auto left = std::chrono::floor<std::chrono::seconds>(by.ends - std::chrono::steady_clock::now());
  const auto ends = now + (wish->may.has(hub::Right::moderate) ? std::min(wish->lasts, left) : wish->lasts);
  const auto rooms = hub::NamePatterns::exactly(room);
  const auto epoch = std::max(static_cast<std::uint64_t>(now.time_since_epoch().count()),
                              tokens_->epochs().of(rooms.all().front()));
  auto token = tokens_->sign({.rooms = rooms, .may = wish->may, .ends = ends, .epoch = epoch}, now);
  if (!token)
    return http::json_error(
        409, "no-signing-key",
        "This host has public keys alone, and signs nothing: give it a private one with --auth-key.");
  return http::json_response(201, {{"path", "/r/" + percent_encoded(room) + "#token=" + *token},
                                   {"token", *token},
                                   {"ends", ends.time_since_epoch().count()}});
}

HttpResponse Invitations::withdraw(const std::string& room) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto rooms = hub::NamePatterns::exactly(room);
  if (const auto advanced = tokens_->epochs().advance(rooms.all().front(), now); !advanced)
    return http::json_error(503, "not-kept", advanced.error());
  return {.status = 204, .headers = {}, .body = nullptr};
}

}  // namespace parley::server
