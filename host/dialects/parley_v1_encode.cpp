#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/ice_server_json.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/parley_v1_signal.hpp"
#include "dialects/room_rules_json.hpp"

namespace parley::dialects::parley_v1 {
namespace {

using nlohmann::ordered_json;

// These are rare, and written by nlohmann/json.

std::string text_of(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// An object's fields without its braces, after a comma.
void append_fields(std::string& out, const ordered_json& object) {
  const std::string text = text_of(object);
  out += ',';
  out.append(text, 1, text.size() - 2);
}

/// Metadata is a client's JSON and goes out as it came in.
std::string text_of(const hub::Member& member, bool offers) {
  ordered_json fields{{"id", member.id},
                      {"name", member.name},
                      {"incarnation", member.incarnation},
                      {"dialect", hub::name_of(member.dialect)},
                      {"away", member.away}};
  if (member.dialect != hub::Dialect::parley) fields["offers"] = member.offers.value_or(offers);
  if (member.streams) fields["streams"] = true;
  if (!member.identity.empty()) fields["identity"] = member.identity;
  if (member.moderates) fields["moderator"] = true;
  std::string text = text_of(fields);
  text.pop_back();
  return text + ",\"meta\":" + member.meta + '}';
}

ordered_json json_of(const hub::Limits& limits) {
  return {{"peers", limits.peers_per_room},
          {"messageBytes", limits.message_bytes},
          {"resumeSeconds", limits.resume_window.count()},
          {"heartbeatSeconds", limits.heartbeat.count()}};
}

void append_body(std::string& out, const hub::event::Joined& joined) {
  append_fields(out, {{"room", joined.room},
                      {"self", joined.self},
                      {"session", joined.session},
                      {"incarnation", joined.incarnation},
                      {"resumed", joined.resumed}});
  if (!joined.resumed) {
    out += ",\"peers\":[";
    for (const hub::Member& peer : joined.peers) {
      if (&peer != &joined.peers.front()) out += ',';
      out += text_of(peer, hub::offers_to_newcomers(peer.dialect));
    }
    out += ']';
  }
  append_fields(out,
                {{"iceServers", dialects::json_of(joined.ice_servers)}, {"limits", json_of(joined.limits)}});
  if (joined.moderates) append_fields(out, {{"moderator", true}});
  if (joined.rules != hub::RoomRules())
    append_fields(out, {{"rules", dialects::json_of(joined.rules, joined.ends_in)}});
  out += '}';
}

/// The fields of a user, each after a comma.
void append_user(std::string& out, const hub::event::User& user) {
  append_fields(out, {{"name", user.name}, {"id", user.id}});
}

/// The call that a message is about, after a comma.
void append_call_id(std::string& out, hub::CallId id) {
  if (id != 0) append_fields(out, {{"callId", id}});
}

void append_body(std::string& out, const hub::event::Registered& registered) {
  append_user(out, registered.user);
  ordered_json call;
  if (const auto& standing = registered.call) {
    call = {
        {"name", standing->with.name}, {"id", standing->with.id}, {"state", hub::name_of(standing->state)}};
    if (standing->id != 0) call["callId"] = standing->id;
    if (!standing->room.empty()) call["room"] = standing->room;
  }
  append_fields(out, {{"call", std::move(call)}, {"limits", json_of(registered.limits)}});
  out += '}';
}

void append_body(std::string& out, const hub::event::CallIncoming& call) {
  append_user(out, call.caller);
  append_call_id(out, call.id);
  out += '}';
}

void append_body(std::string& out, const hub::event::CallAccepted& call) {
  append_user(out, call.with);
  append_call_id(out, call.id);
  append_fields(out, {{"room", call.room}});
  out += '}';
}

void append_body(std::string& out, const hub::event::IceServers& ice) {
  append_fields(out, {{"iceServers", dialects::json_of(ice.servers)}});
  out += '}';
}

void append_body(std::string& out, const hub::event::WaitsOutside& waits) {
  append_fields(out, {{"room", waits.room}});
  out += '}';
}

void append_body(std::string& out, const hub::event::RulesChanged& changed) {
  append_fields(out, {{"rules", dialects::json_of(changed.rules, changed.ends_in)}});
  out += '}';
}

void append_body(std::string& out, const hub::event::RoleChanged& role) {
  append_fields(out, {{"moderator", role.moderates}});
  out += '}';
}

void append_body(std::string& out, const hub::event::Lobby& lobby) {
  append_fields(out, dialects::json_of(lobby));
  out += '}';
}

void append_body(std::string& out, const hub::event::Asked& asked) {
  append_fields(out, {{"what", asked.what}});
  if (!asked.by.empty()) append_fields(out, {{"by", asked.by}});
  out += '}';
}

void append_left(std::string& out, std::chrono::seconds left) {
  append_fields(out, {{"seconds", left.count()}});
  out += '}';
}

void append_body(std::string& out, const hub::event::TokenEnds& ends) {
  append_left(out, ends.left);
}

void append_body(std::string& out, const hub::event::Renewed& renewed) {
  append_left(out, renewed.left);
}

/// Of CallRejected and CallEnded.
void append_body(std::string& out, const auto& call) {
  append_fields(out, {{"name", call.by}, {"reason", hub::name_of(call.reason)}});
  append_call_id(out, call.id);
  out += '}';
}

void append_body(std::string& out, const hub::event::Error& error) {
  ordered_json fields{{"code", hub::name_of(error.code)}, {"message", error.message}};
  if (!error.re.empty()) fields["re"] = error.re;
  append_fields(out, fields);
  append_call_id(out, error.call);
  out += '}';
}

/// Put together by hand, since there may be hundreds.
void append_users(std::string& out, const std::vector<hub::event::User>& users) {
  out += '[';
  for (const hub::event::User& user : users) {
    if (&user != &users.front()) out += ',';
    out += R"({"name":)";
    append_string(out, user.name);
    out += R"(,"id":)";
    append_string(out, user.id);
    out += user.in_call ? R"(,"inCall":true})" : "}";
  }
  out += ']';
}

std::string body_of(const hub::event::UsersOnline& online) {
  std::string text = R"(,"users":)";
  append_users(text, online.users);
  return text + '}';
}

std::string body_of(const hub::event::UsersChanged& changed) {
  std::string text = R"(,"left":[)";
  for (const std::string& name : changed.left) {
    if (&name != &changed.left.front()) text += ',';
    append_string(text, name);
  }
  text += R"(],"joined":)";
  append_users(text, changed.joined);
  if (changed.changed.empty()) return text + '}';
  text += R"(,"changed":[)";
  for (const auto& change : changed.changed) {
    if (&change != &changed.changed.front()) text += ',';
    text += R"({"name":)";
    append_string(text, change.name);
    text += change.in_call ? R"(,"inCall":true})" : R"(,"inCall":false})";
  }
  return text + "]}";
}

std::string body_of_member(const hub::Member& member) {
  return ",\"peer\":" + text_of(member, hub::offers_when_new(member.dialect)) + '}';
}

std::string body_of_id(const std::string& id) {
  return ",\"id\":" + text_of(ordered_json(id)) + '}';
}

std::string body_of(const hub::event::PeerLeft& left) {
  return ",\"id\":" + text_of(ordered_json(left.id)) + R"(,"reason":")" + std::string(name_of(left.reason)) +
         "\"}";
}

}  // namespace

void encode(const hub::Delivery& delivery, std::string& out) {
  const hub::Event& event = *delivery.event;
  // What all members of a room are told is written once: only the head differs.
  const auto shared = [&](std::string_view type, auto&& write) {
    append_head(out, type, delivery);
    out += event.encodings.in(hub::Dialect::parley, write);
  };
  const auto single = [&](std::string_view type, const auto& body) {
    append_head(out, type, delivery);
    append_body(out, body);
  };
  const auto bare = [&](std::string_view type) {
    append_head(out, type, delivery);
    out += '}';
  };
  using namespace hub::event;
  std::visit(
      overloaded{
          [&](const Signal& signal) { append_signal(out, signal, delivery); },
          [&](const Joined& joined) { single("joined", joined); },
          [&](const Error& error) { single("error", error); },
          [&](const PeerJoined& joined) {
            shared("peer-joined", [&] { return body_of_member(joined.peer); });
          },
          [&](const PeerUpdated& updated) {
            shared("peer-updated", [&] { return body_of_member(updated.peer); });
          },
          [&](const PeerAway& away) { shared("peer-away", [&] { return body_of_id(away.id); }); },
          [&](const PeerBack& back) { shared("peer-back", [&] { return body_of_id(back.id); }); },
          [&](const PeerLeft& left) { shared("peer-left", [&] { return body_of(left); }); },
          [&](const IceServers& ice) { single("ice-servers", ice); },
          [&](const WaitsOutside& waits) { single("waiting", waits); },
          [&](const RulesChanged& changed) { single("rules", changed); },
          [&](const RoleChanged& role) { single("role", role); },
          [&](const Lobby& lobby) { single("lobby", lobby); },
          [&](const Asked& asked) { single("asked", asked); },
          [&](const TokenEnds& ends) { single("token-ends", ends); },
          [&](const Renewed& renewed) { single("renewed", renewed); },
          [&](const Pong&) { bare("pong"); },
          [&](const Ack&) { bare("ack"); },
          [&](const Registered& registered) { single("registered", registered); },
          [&](const UsersOnline& online) { shared("users", [&] { return body_of(online); }); },
          [&](const UsersChanged& changed) { shared("users-changed", [&] { return body_of(changed); }); },
          [&](const CallIncoming& call) { single("incoming", call); },
          [&](const CallAccepted& call) { single("accepted", call); },
          [&](const CallRejected& call) { single("rejected", call); },
          [&](const CallEnded& call) { single("ended", call); },
      },
      event.body);
}

}  // namespace parley::dialects::parley_v1
