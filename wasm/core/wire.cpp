#include "wire.hpp"

#include <array>
#include <utility>

#include "json.hpp"
#include "overloaded.hpp"

namespace parley::wire {
namespace {

constexpr std::string_view type_name(SdpType type) {
  return type == SdpType::offer ? "offer" : "answer";
}

/// A JSON text of the application's; `{}` where it is not one.
Json meta_value(std::string_view text) {
  if (too_deep(text)) return Json::object();
  auto json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json::object() : json;
}

Json to_json(const Description& description) {
  return {{"type", type_name(description.type)}, {"sdp", description.sdp}};
}

Json to_json(const Candidate& candidate) {
  Json json{{"candidate", candidate.candidate}};
  if (candidate.sdp_mid) json["sdpMid"] = *candidate.sdp_mid;
  if (candidate.sdp_m_line_index) json["sdpMLineIndex"] = *candidate.sdp_m_line_index;
  if (candidate.username_fragment) json["usernameFragment"] = *candidate.username_fragment;
  return json;
}

Json to_json(const LinkTag& link) {
  Json json{{"connection", link.connection}};
  if (link.remote) json["remote"] = *link.remote;
  json["negotiation"] = link.negotiation;
  if (!link.slots.empty()) {
    Json slots = Json::object();
    for (const auto& [mid, slot] : link.slots) slots[mid] = slot;
    json["slots"] = std::move(slots);
  }
  return json;
}

std::optional<Description> read_description(const Json& json) {
  const auto type = find_string(json, "type");
  auto sdp = find_string(json, "sdp");
  if (!type || !sdp || (*type != "offer" && *type != "answer")) return std::nullopt;
  return Description{.type = *type == "offer" ? SdpType::offer : SdpType::answer, .sdp = std::move(*sdp)};
}

Candidate read_candidate(const Json& json) {
  return {.candidate = find_string(json, "candidate").value_or(""),
          .sdp_mid = find_string(json, "sdpMid"),
          .sdp_m_line_index = find_number<std::uint16_t>(json, "sdpMLineIndex"),
          .username_fragment = find_string(json, "usernameFragment")};
}

std::optional<LinkTag> read_link(const Json& json) {
  const auto connection = find_number<std::uint32_t>(json, "connection");
  if (!connection || *connection == 0) return std::nullopt;
  LinkTag link{.connection = *connection,
               .remote = find_number<std::uint32_t>(json, "remote"),
               .negotiation = find_number<std::uint32_t>(json, "negotiation").value_or(0),
               .slots = {}};
  if (const Json* slots = find_object(json, "slots")) {
    for (const auto& [mid, slot] : slots->items()) {
      if (slot.is_string()) link.slots.emplace(mid, slot.get<std::string>());
    }
  }
  return link;
}

std::optional<PeerInfo> read_peer(const Json& json) {
  auto id = json.is_object() ? find_string(json, "id") : std::nullopt;
  if (!id || id->empty()) return std::nullopt;
  const Json* meta = find(json, "meta");
  return PeerInfo{.id = std::move(*id),
                  .name = find_string(json, "name").value_or(""),
                  .meta = meta == nullptr ? "{}" : write(*meta),
                  .incarnation = find_string(json, "incarnation").value_or(""),
                  .dialect = find_string(json, "dialect").value_or("parley"),
                  .away = find_true(json, "away")};
}

std::optional<IceServer> read_ice_server(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  IceServer server{.urls = {},
                   .username = find_string(json, "username").value_or(""),
                   .credential = find_string(json, "credential").value_or("")};
  if (auto url = find_string(json, "urls")) server.urls.push_back(std::move(*url));
  if (const Json* urls = find(json, "urls"); urls != nullptr && urls->is_array()) {
    for (const Json& url : *urls) {
      if (url.is_string()) server.urls.push_back(url.get<std::string>());
    }
  }
  if (server.urls.empty()) return std::nullopt;
  return server;
}

template <class Value>
std::vector<Value> read_list(const Json& json, const char* name,
                             std::optional<Value> (*read_one)(const Json&)) {
  std::vector<Value> values;
  if (const Json* list = find(json, name); list != nullptr && list->is_array()) {
    for (const Json& item : *list) {
      if (auto value = read_one(item)) values.push_back(std::move(*value));
    }
  }
  return values;
}

std::optional<Message> read_joined(const Json& json) {
  auto room = find_string(json, "room");
  auto self = find_string(json, "self");
  auto session = find_string(json, "session");
  if (!room || !self || !session) return std::nullopt;
  Joined joined{.room = std::move(*room),
                .self = std::move(*self),
                .session = std::move(*session),
                .resumed = find_true(json, "resumed"),
                .peers = read_list(json, "peers", read_peer),
                .ice_servers = read_list(json, "iceServers", read_ice_server),
                .heartbeat = {}};
  if (const Json* told = find_object(json, "limits")) {
    joined.heartbeat =
        std::chrono::seconds(find_number<std::uint16_t>(*told, "heartbeatSeconds").value_or(0));
  }
  return joined;
}

template <class PeerMessage>
std::optional<Message> read_peer_message(const Json& json) {
  const Json* found = find_object(json, "peer");
  auto peer = found == nullptr ? std::nullopt : read_peer(*found);
  if (!peer) return std::nullopt;
  return PeerMessage{.peer = std::move(*peer)};
}

template <class IdMessage>
std::optional<Message> read_id_message(const Json& json) {
  auto id = find_string(json, "id");
  if (!id) return std::nullopt;
  return IdMessage{.id = std::move(*id)};
}

std::optional<Message> read_peer_left(const Json& json) {
  auto id = find_string(json, "id");
  if (!id) return std::nullopt;
  return PeerLeft{.id = std::move(*id), .reason = find_string(json, "reason").value_or("left")};
}

std::optional<Message> read_signal(const Json& json) {
  auto from = find_string(json, "from");
  if (!from) return std::nullopt;
  Signal signal{.peer = std::move(*from), .body = Candidate{}, .link = std::nullopt};
  if (const Json* link = find_object(json, "link")) signal.link = read_link(*link);
  if (const Json* found = find_object(json, "description")) {
    auto description = read_description(*found);
    if (!description) return std::nullopt;
    signal.body = std::move(*description);
    return signal;
  }
  if (const Json* found = find_object(json, "candidate")) {
    signal.body = read_candidate(*found);
    return signal;
  }
  return std::nullopt;
}

std::optional<Message> read_error(const Json& json) {
  return Error{.code = find_string(json, "code").value_or("unknown"),
               .message = find_string(json, "message").value_or(""),
               .re = find_string(json, "re").value_or("")};
}

struct Reader {
  std::string_view type;
  std::optional<Message> (*read)(const Json&);
};

constexpr std::array readers{
    Reader{"signal", read_signal},
    Reader{"joined", read_joined},
    Reader{"peer-joined", read_peer_message<PeerJoined>},
    Reader{"peer-updated", read_peer_message<PeerUpdated>},
    Reader{"peer-left", read_peer_left},
    Reader{"peer-away", read_id_message<PeerAway>},
    Reader{"peer-back", read_id_message<PeerBack>},
    Reader{"ack", [](const Json&) -> std::optional<Message> { return Ack{}; }},
    Reader{"pong", [](const Json&) -> std::optional<Message> { return Pong{}; }},
    Reader{"error", read_error},
};

}  // namespace

std::string encode(const Join& join) {
  Json json{{"type", "join"}, {"room", join.room}, {"incarnation", join.incarnation}};
  if (join.peer) json["peer"] = *join.peer;
  json["name"] = join.name;
  json["meta"] = meta_value(join.meta);
  if (join.token) json["token"] = *join.token;
  if (join.resume) json["resume"] = {{"session", join.resume->session}, {"ack", join.resume->ack}};
  return write(json);
}

std::string encode(const Signal& signal, Sequence sequence) {
  Json json{{"type", "signal"}, {"seq", sequence}, {"to", signal.peer}};
  std::visit(overloaded{
                 [&](const Description& description) { json["description"] = to_json(description); },
                 [&](const Candidate& candidate) { json["candidate"] = to_json(candidate); },
             },
             signal.body);
  if (signal.link) json["link"] = to_json(*signal.link);
  return write(json);
}

std::string encode(const Update& update, Sequence sequence) {
  Json json{{"type", "update"}, {"seq", sequence}};
  if (update.name) json["name"] = *update.name;
  if (update.meta) json["meta"] = meta_value(*update.meta);
  return write(json);
}

std::string encode_leave(Sequence sequence) {
  return write({{"type", "leave"}, {"seq", sequence}});
}

std::string encode_ping(Sequence ack) {
  return write({{"type", "ping"}, {"ack", ack}});
}

std::string encode_ack(Sequence ack) {
  return write({{"type", "ack"}, {"ack", ack}});
}

std::string with_ack(std::string text, Sequence ack) {
  text.pop_back();
  text += ",\"ack\":" + std::to_string(ack) + "}";
  return text;
}

std::optional<Received> decode(std::string_view text) {
  const auto json = parse_object(text);
  const auto type = json ? find_string(*json, "type") : std::nullopt;
  if (!type) return std::nullopt;
  for (const Reader& reader : readers) {
    if (reader.type != *type) continue;
    auto message = reader.read(*json);
    if (!message) return std::nullopt;
    return Received{.sequence = find_number<Sequence>(*json, "seq"),
                    .ack = find_number<Sequence>(*json, "ack"),
                    .message = std::move(*message)};
  }
  return std::nullopt;
}

}  // namespace parley::wire
