#include "http/manager_api.hpp"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/parse_json.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/room_rules_json.hpp"
#include "dialects/serverpod.hpp"
#include "http/json_response.hpp"
#include "http/routes.hpp"

namespace parley::http {
namespace {

using nlohmann::ordered_json;

HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  return json_response(status, {{"type", "error"}, {"code", code}, {"message", message}});
}

/// The status that says the same as a refusal's code.
int status_of(hub::ErrorCode code) {
  switch (code) {
    case hub::ErrorCode::no_such_peer:
    case hub::ErrorCode::no_such_room:
      return 404;
    case hub::ErrorCode::peer_taken:
    case hub::ErrorCode::room_full:
      return 409;
    case hub::ErrorCode::too_many_rooms:
      return 503;
    default:
      return 422;
  }
}

HttpResponse done(const hub::Done& done, int status = 204) {
  if (!done)
    return error_response(status_of(done.error().code), hub::name_of(done.error().code),
                          done.error().sentence);
  return text_response(status, "application/json", "");
}

/// A field of a body that must be a string; the first that is not is the fault.
class Body {
 public:
  explicit Body(std::string_view text) : json_(parse_json<ordered_json>(text)) {
    if (!json_.is_object()) fault_ = "The body must be a JSON object.";
  }

  [[nodiscard]] std::string text(const char* name) {
    if (json_.is_object() && json_.contains(name) && json_[name].is_string())
      return json_[name].get<std::string>();
    if (fault_.empty()) fault_ = "\"" + std::string(name) + "\" must be there, a string.";
    return {};
  }

  /// A JSON text.
  [[nodiscard]] std::string json(const char* name, std::string_view otherwise) const {
    return json_.is_object() && json_.contains(name) ? json_[name].dump() : std::string(otherwise);
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  ordered_json json_;
  std::string fault_;
};

ordered_json json_of(const hub::Stay& stay) {
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(stay.lasted);
  return {{"sessionId", stay.member.id},
          {"metadata", ordered_json::parse(stay.member.meta, nullptr, false)},
          {"connectionDuration", lasted.count()},
          {"dialect", hub::name_of(stay.member.dialect)}};
}

/// One request, for which the hub is asked once.
class Answer {
 public:
  Answer(const HttpRequest& request, exchange::Exchange& exchange) : request_(request), exchange_(exchange) {}

  [[nodiscard]] HttpResponse rooms() const {
    ordered_json rooms = ordered_json::array();
    const auto sizes = exchange_.ask([](const hub::Hub& hub) {
      std::vector<std::pair<std::string, std::size_t>> found;
      for (std::string& name : hub.rooms()) {
        const std::size_t size = hub.members(name).size();
        found.emplace_back(std::move(name), size);
      }
      for (std::string& name : hub.kept_rooms()) {
        if (!hub.has_room(name)) found.emplace_back(std::move(name), 0);
      }
      return found;
    });
    for (const auto& [name, size] : sizes) rooms.push_back({{"roomId", name}, {"size", size}});
    return json_response(200, {{"rooms", std::move(rooms)}});
  }

  [[nodiscard]] HttpResponse sessions() const {
    const auto totals = exchange_.ask([](const hub::Hub& hub) { return hub.totals(); });
    return json_response(200, {{"total", totals.members}});
  }

  /// A room that does not exist has nobody in it: that is no error.
  [[nodiscard]] HttpResponse room(const std::string& name) const {
    const std::size_t size = members_of(name).size();
    const auto now = std::chrono::steady_clock::now();
    const auto rules = exchange_.ask([&](const hub::Hub& hub) { return hub.rules_of(name); });
    const bool exists = size > 0 || exchange_.ask([&](const hub::Hub& hub) { return hub.is_kept(name); });
    ordered_json json{{"roomId", name}, {"exists", exists}, {"size", size}};
    if (rules != hub::RoomRules()) json["rules"] = dialects::json_of(rules, ends_in(rules, now));
    return json_response(200, json);
  }

  [[nodiscard]] HttpResponse keep(const std::string& name) const {
    const auto rules = dialects::read_rule_change(request_.body.empty() ? "{}" : request_.body);
    if (!rules) return error_response(422, "bad-field", rules.error());
    const auto kept = managed([&](hub::Hub& hub, hub::Instant now, hub::Outcome& out) {
      return hub.keep_room(name, *rules, now, out);
    });
    return kept ? room(name) : done(kept);
  }

  [[nodiscard]] HttpResponse moderate(const std::string& name) const {
    const auto wish = dialects::parley_v1::decode_moderate(request_.body);
    if (!wish) return error_response(422, "bad-field", wish.error());
    return done(managed([&](hub::Hub& hub, hub::Instant now, hub::Outcome& out) {
      return hub.moderate(name, *wish, now, out);
    }));
  }

  [[nodiscard]] HttpResponse lobby(const std::string& name) const {
    return json_response(
        200, dialects::json_of(exchange_.ask([&](const hub::Hub& hub) { return hub.lobby(name); })));
  }

  [[nodiscard]] HttpResponse clear(const std::string& room) const {
    std::size_t left = 0;
    exchange_.manage([&](hub::Hub& hub, hub::Instant now, hub::Outcome& out) {
      left = hub.clear(room, out);
      static_cast<void>(hub.moderate(room, {.action = hub::command::Moderate::Action::end}, now, out));
    });
    return json_response(200, {{"removed", left}});
  }

  [[nodiscard]] HttpResponse members(const std::string& room) const {
    const auto now = std::chrono::steady_clock::now();
    const auto stays = exchange_.ask([&](const hub::Hub& hub) { return hub.stays(room, now); });
    ordered_json members = ordered_json::array();
    for (const hub::Stay& stay : stays) members.push_back(json_of(stay));
    return json_response(200, {{"roomId", room}, {"members", std::move(members)}});
  }

  [[nodiscard]] HttpResponse member(const std::string& room, const std::string& id) const {
    const auto now = std::chrono::steady_clock::now();
    const auto stay = exchange_.ask([&](const hub::Hub& hub) { return hub.stay(room, id, now); });
    if (!stay) return error_response(404, "no-such-peer", "There is no such member in this room.");
    return json_response(200, json_of(*stay));
  }

  [[nodiscard]] HttpResponse peers(const std::string& room, const std::string& except) const {
    ordered_json peers = ordered_json::array();
    for (const hub::Member& each : members_of(room)) {
      if (each.id != except) peers.push_back(each.id);
    }
    return json_response(200, {{"roomId", room}, {"peers", std::move(peers)}});
  }

  [[nodiscard]] HttpResponse join(const std::string& room) const {
    Body body(request_.body);
    hub::command::Join wish{
        .room = room, .peer = body.text("sessionId"), .meta = body.json("metadata", "{}")};
    if (!body.fault().empty()) return error_response(422, "bad-field", body.fault());
    const std::string id = *wish.peer;
    const auto admitted = managed([&](hub::Hub& hub, hub::Instant now, hub::Outcome& out) {
      return hub.admit(std::move(wish), now, out);
    });
    if (!admitted) return done(admitted);
    HttpResponse list = peers(room, id);
    list.status = 201;
    return list;
  }

  [[nodiscard]] HttpResponse leave(const std::string& room, const std::string& id) const {
    return done(
        managed([&](hub::Hub& hub, hub::Instant, hub::Outcome& out) { return hub.dismiss(room, id, out); }));
  }

  [[nodiscard]] HttpResponse send_roster(const std::string& room, const std::string& id) const {
    return done(managed(
        [&](hub::Hub& hub, hub::Instant, hub::Outcome& out) { return hub.send_roster(room, id, out); }));
  }

  [[nodiscard]] HttpResponse announce(const std::string& room, const std::string& id, bool joined) const {
    return done(managed([&](hub::Hub& hub, hub::Instant, hub::Outcome& out) {
      return joined ? hub.announce_joined(room, id, out) : hub.announce_left(room, id, out);
    }));
  }

  /// The signal as the document's clients send it, with the sender's id in it.
  [[nodiscard]] HttpResponse relay(const std::string& room) const {
    Body body(request_.body);
    const std::string from = body.text("senderSessionId");
    if (!body.fault().empty()) return error_response(422, "bad-field", body.fault());
    auto message = dialects::serverpod::decode(request_.body, {});
    if (const auto* why = std::get_if<hub::command::Refused>(&message.command)) {
      return error_response(422, hub::name_of(why->code), why->message);
    }
    auto* signal = std::get_if<hub::command::Signal>(&message.command);
    if (signal == nullptr) {
      return error_response(422, "unknown-type",
                            "Relay a webrtc_offer, webrtc_answer or webrtc_ice_candidate.");
    }
    return done(managed([&](hub::Hub& hub, hub::Instant, hub::Outcome& out) {
      return hub.relay(room, from, std::move(*signal), out);
    }));
  }

 private:
  /// Nobody, where there is no such room: one without members does not exist.
  [[nodiscard]] std::vector<hub::Member> members_of(const std::string& room) const {
    return exchange_.ask([&](const hub::Hub& hub) { return hub.members(room); });
  }

  template <class Act>
  hub::Done managed(Act&& act) const {
    hub::Done done;
    exchange_.manage([&](hub::Hub& hub, hub::Instant now, hub::Outcome& out) { done = act(hub, now, out); });
    return done;
  }

  const HttpRequest& request_;
  exchange::Exchange& exchange_;
};

}  // namespace

HttpResponse forbidden_to_manage() {
  return error_response(403, "forbidden",
                        "The room manager answers programs on this machine: no page, and through no proxy.");
}

HttpResponse answer_manager(const HttpRequest& request, exchange::Exchange& exchange) {
  const auto match = find_route(Door::manager, request.path);
  const auto room = match ? decode_path(match->values[0]) : std::nullopt;
  const auto id = match ? decode_path(match->values[1]) : std::nullopt;
  if (!room || !id) {
    return error_response(404, "not-found",
                          "There is no such operation. GET /api/v1/openapi.json lists them.");
  }
  if (auto refused = refuse_method(*match->route, request.method)) return *std::move(refused);
  const Answer answer(request, exchange);
  switch (match->route->endpoint) {
    case Endpoint::manager_sessions:
      return answer.sessions();
    case Endpoint::manager_rooms:
      return answer.rooms();
    case Endpoint::manager_room:
      if (request.method == "PUT") return answer.keep(*room);
      return request.method == "DELETE" ? answer.clear(*room) : answer.room(*room);
    case Endpoint::manager_moderate:
      return answer.moderate(*room);
    case Endpoint::manager_lobby:
      return answer.lobby(*room);
    case Endpoint::manager_members:
      return request.method == "POST" ? answer.join(*room) : answer.members(*room);
    case Endpoint::manager_member:
      return request.method == "DELETE" ? answer.leave(*room, *id) : answer.member(*room, *id);
    case Endpoint::manager_peers:
      return answer.peers(*room, *id);
    case Endpoint::manager_peers_list:
      return answer.send_roster(*room, *id);
    case Endpoint::manager_joined:
      return answer.announce(*room, *id, true);
    case Endpoint::manager_left:
      return answer.announce(*room, *id, false);
    case Endpoint::manager_relay:
      return answer.relay(*room);
    default:
      return text_response(200, "application/json", std::string(manager_openapi()));
  }
}

}  // namespace parley::http
