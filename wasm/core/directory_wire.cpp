#include "directory_wire.hpp"

#include <array>
#include <utility>

#include "json.hpp"
#include "state_names.hpp"

namespace parley::directory_wire {
namespace {

using Type = Message::Type;

constexpr std::array<std::pair<std::string_view, Type>, 10> types{{{"registered", Type::registered},
                                                                   {"users", Type::users},
                                                                   {"users-changed", Type::users_changed},
                                                                   {"incoming", Type::incoming},
                                                                   {"accepted", Type::accepted},
                                                                   {"rejected", Type::rejected},
                                                                   {"ended", Type::ended},
                                                                   {"token-ends", Type::token_ends},
                                                                   {"renewed", Type::renewed},
                                                                   {"error", Type::error}}};

Type type_of(const Json& json) {
  const auto written = find_string(json, "type");
  for (const auto& [name, type] : types) {
    if (written == name) return type;
  }
  return Type::unknown;
}

/// Without a name where it is no user.
User read_user(const Json& json) {
  User user{.name = find_text(json, "name"), .id = {}};
  user.id = find_text(json, "id", user.name);
  user.in_call = find_true(json, "inCall");
  return user;
}

std::vector<User> read_users(const Json* list) {
  std::vector<User> users;
  if (list == nullptr) return users;
  for (const Json& item : JsonChildren(*list)) {
    if (User user = read_user(item); !user.name.empty()) users.push_back(std::move(user));
  }
  return users;
}

std::vector<std::string> read_names(const Json* list) {
  std::vector<std::string> names;
  if (list == nullptr) return names;
  for (const Json& item : JsonChildren(*list)) {
    if (item.kind == Json::Kind::string) names.push_back(string_of(item));
  }
  return names;
}

std::optional<CallInfo> read_call(const Json& json) {
  CallInfo call{
      .state = CallState::idle, .with = read_user(json), .room = find_text(json, "room"), .reason = {}};
  const auto written = find_string(json, "state");
  for (const CallState state : {CallState::outgoing, CallState::incoming, CallState::accepted}) {
    if (written == name(state)) call.state = state;
  }
  const bool complete = call.state != CallState::accepted || !call.room.empty();
  if (call.state == CallState::idle || call.with.name.empty() || !complete) return std::nullopt;
  return call;
}

}  // namespace

std::string encode(const Register& registration) {
  JsonObject json;
  json.string("type", "register").string("name", registration.name);
  if (!registration.id.empty()) json.string("id", registration.id);
  if (registration.former) json.string("former", *registration.former);
  if (registration.token) json.string("token", *registration.token);
  return json.string("secret", registration.secret).take();
}

std::string encode(std::string_view type, std::string_view name, CallId call, std::string_view reason) {
  JsonObject json;
  json.string("type", type).string("name", name);
  if (call != 0) json.number("callId", call);
  if (!reason.empty()) json.string("reason", reason);
  return json.take();
}

std::string encode_leave() {
  return JsonObject().string("type", "leave").take();
}

std::string encode_next_users() {
  return JsonObject().string("type", "users").take();
}

Message decode(std::string_view text) {
  Message message;
  const auto values = parse_object(text);
  if (!values) return message;
  const Json& json = values->front();
  message.type = type_of(json);
  const Json* call = find(json, "call", Json::Kind::object);
  if (call != nullptr) message.call = read_call(*call);
  message.call_id = find_number<CallId>(call != nullptr ? *call : json, "callId").value_or(0);
  message.limits = wire::read_limits(json);
  const Json* users = find(json, "users", Json::Kind::array);
  message.users = read_users(users);
  message.left = read_names(find(json, "left", Json::Kind::array));
  message.joined = read_users(find(json, "joined", Json::Kind::array));
  message.changed = read_users(find(json, "changed", Json::Kind::array));
  message.with = read_user(json);
  message.room = find_text(json, "room");
  message.reason = find_text(json, "reason");
  message.token_left = wire::read_left(json);
  message.error = wire::read_error(json);

  const bool of_call = message.type >= Type::incoming && message.type <= Type::ended;
  const bool incomplete = (of_call && message.with.name.empty()) ||
                          (message.type == Type::accepted && message.room.empty()) ||
                          (message.type == Type::users && users == nullptr);
  if (incomplete) message.type = Type::unknown;
  return message;
}

}  // namespace parley::directory_wire
