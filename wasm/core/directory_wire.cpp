#include "directory_wire.hpp"

#include <utility>

#include "json.hpp"
#include "state_names.hpp"

namespace parley::directory_wire {
namespace {

std::optional<User> read_user(const Json& json) {
  auto name = find_string(json, "name");
  if (!name || name->empty()) return std::nullopt;
  auto id = find_string(json, "id").value_or(*name);
  return User{.name = std::move(*name), .id = std::move(id)};
}

std::optional<CallInfo> read_call(const Json& json) {
  auto with = read_user(json);
  const auto written = find_string(json, "state");
  if (!with || !written) return std::nullopt;
  for (const CallState state : {CallState::outgoing, CallState::incoming, CallState::accepted}) {
    if (name(state) != *written) continue;
    return CallInfo{.state = state,
                    .with = std::move(*with),
                    .room = find_string(json, "room").value_or(""),
                    .reason = {}};
  }
  return std::nullopt;
}

Message read_registered(const Json& json) {
  const Json* call = find(json, "call", Json::Kind::object);
  return Registered{.call = call == nullptr ? std::nullopt : read_call(*call),
                    .limits = wire::read_limits(json)};
}

Message read_users(const Json& json) {
  const Json* list = find(json, "users", Json::Kind::array);
  if (list == nullptr) return wire::Unknown{};
  Users online;
  for (const Json& item : JsonChildren(*list)) {
    if (auto user = read_user(item)) online.users.push_back(std::move(*user));
  }
  return online;
}

Message read_news(CallNews::Kind kind, const Json& json) {
  auto with = read_user(json);
  auto room = find_string(json, "room").value_or("");
  if (!with || (kind == CallNews::Kind::accepted && room.empty())) return wire::Unknown{};
  return CallNews{.kind = kind,
                  .with = std::move(*with),
                  .room = std::move(room),
                  .reason = find_string(json, "reason").value_or("")};
}

}  // namespace

std::string encode(const Register& registration) {
  JsonObject json;
  json.string("type", "register").string("name", registration.name);
  if (!registration.id.empty()) json.string("id", registration.id);
  return json.string("secret", registration.secret).take();
}

std::string encode(std::string_view type, std::string_view name, std::string_view reason) {
  JsonObject json;
  json.string("type", type).string("name", name);
  if (!reason.empty()) json.string("reason", reason);
  return json.take();
}

std::string encode_leave() {
  return JsonObject().string("type", "leave").take();
}

Message decode(std::string_view text) {
  const auto values = parse_object(text);
  if (!values) return wire::Unknown{};
  const Json& json = values->front();
  const auto type = find_string(json, "type").value_or("");
  if (type == "registered") return read_registered(json);
  if (type == "users") return read_users(json);
  if (type == "incoming") return read_news(CallNews::Kind::incoming, json);
  if (type == "accepted") return read_news(CallNews::Kind::accepted, json);
  if (type == "rejected") return read_news(CallNews::Kind::rejected, json);
  if (type == "ended") return read_news(CallNews::Kind::ended, json);
  if (type == "pong") return wire::Pong{};
  if (type == "error") return wire::read_error(json);
  return wire::Unknown{};
}

}  // namespace parley::directory_wire
