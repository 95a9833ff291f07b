#include "wire.hpp"

#include <array>
#include <utility>

#include "json.hpp"
#include "limits.hpp"
#include "overloaded.hpp"

namespace parley::wire {
namespace {

constexpr std::string_view type_name(SdpType type) {
  return type == SdpType::offer ? "offer" : "answer";
}

/// A JSON text of the application's; `{}` where it is not one.
std::string_view meta_value(std::string_view text) {
  return parse(text) ? text : "{}";
}

std::string to_json(const Description& description) {
  return JsonObject().string("type", type_name(description.type)).string("sdp", description.sdp).take();
}

std::string to_json(const Candidate& candidate) {
  JsonObject json;
  json.string("candidate", candidate.candidate);
  if (candidate.sdp_mid) json.string("sdpMid", *candidate.sdp_mid);
  if (candidate.sdp_m_line_index) json.number("sdpMLineIndex", *candidate.sdp_m_line_index);
  if (candidate.username_fragment) json.string("usernameFragment", *candidate.username_fragment);
  return json.take();
}

std::string to_json(const LinkTag& link) {
  JsonObject json;
  json.number("connection", link.connection);
  if (link.remote) json.number("remote", *link.remote);
  json.number("negotiation", link.negotiation);
  if (!link.slots.empty()) {
    JsonObject slots;
    for (const auto& [mid, slot] : link.slots) slots.string(mid, slot);
    json.json("slots", slots.take());
  }
  return json.take();
}

constexpr std::string_view name(Moderation::Action action) {
  constexpr std::array<std::string_view, 9> names{"admit",   "refuse", "remove", "allow", "ask",
                                                  "appoint", "resign", "rules",  "end"};
  return names[static_cast<std::size_t>(action)];
}

constexpr std::string_view name(Whom whom) {
  return whom == Whom::moderators ? "moderators" : "everybody";
}

std::string to_json(const RuleChange& change) {
  JsonObject json;
  if (change.locked) json.boolean("locked", *change.locked);
  if (change.is_private) json.boolean("private", *change.is_private);
  if (change.waiting_room) json.boolean("waitingRoom", *change.waiting_room);
  if (change.share) json.string("share", name(*change.share));
  if (change.chat) json.string("chat", name(*change.chat));
  if (change.members) json.number("members", *change.members);
  if (change.ends_in) json.number("endsIn", static_cast<std::uint64_t>(change.ends_in->count()));
  return json.take();
}

std::string to_json(const Resume& resume) {
  return JsonObject().string("session", resume.session).number("ack", resume.ack).take();
}

std::optional<Description> read_description(const Json& json) {
  const auto type = find_string(json, "type");
  auto sdp = find_string(json, "sdp");
  if (!type || !sdp || (*type != "offer" && *type != "answer")) return std::nullopt;
  return Description{.type = *type == "offer" ? SdpType::offer : SdpType::answer, .sdp = std::move(*sdp)};
}

Candidate read_candidate(const Json& json) {
  return {.candidate = find_text(json, "candidate"),
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
  if (const Json* slots = find(json, "slots", Json::Kind::object)) {
    for (const Json& slot : JsonChildren(*slots)) {
      if (slot.kind != Json::Kind::string || link.slots.size() >= limits.slots) continue;
      auto mid = key_of(slot);
      auto name = string_of(slot);
      if (mid.size() > limits.slot_bytes || name.size() > limits.slot_bytes) continue;
      link.slots.insert_or_assign(std::move(mid), std::move(name));
    }
  }
  return link;
}

std::optional<PeerInfo> read_peer(const Json& json) {
  auto id = find_string(json, "id");
  if (!id || id->empty()) return std::nullopt;
  const Json* meta = find(json, "meta");
  return PeerInfo{.id = std::move(*id),
                  .name = find_text(json, "name"),
                  .meta = std::string(meta == nullptr ? "{}" : meta->text),
                  .incarnation = find_text(json, "incarnation"),
                  .dialect = find_text(json, "dialect", "parley"),
                  .away = find_true(json, "away"),
                  .offers = find(json, "offers", Json::Kind::boolean) == nullptr
                                ? std::nullopt
                                : std::optional(find_true(json, "offers")),
                  .streams = find_true(json, "streams"),
                  .identity = find_text(json, "identity"),
                  .moderator = find_true(json, "moderator")};
}

Whom read_whom(const Json& rules, const char* name) {
  return find_text(rules, name) == "moderators" ? Whom::moderators : Whom::everybody;
}

/// Those of a room of everybody's where there are none.
ToldRules read_rules(const Json& json) {
  const Json* rules = find(json, "rules", Json::Kind::object);
  if (rules == nullptr) return {};
  const auto ends_in = find_number<std::uint32_t>(*rules, "endsIn");
  return {.rules = {.is_private = find_true(*rules, "private"),
                    .locked = find_true(*rules, "locked"),
                    .waiting_room = find_true(*rules, "waitingRoom"),
                    .share = read_whom(*rules, "share"),
                    .chat = read_whom(*rules, "chat"),
                    .members = find_number<std::uint32_t>(*rules, "members").value_or(0)},
          .ends_in = ends_in ? std::optional(std::chrono::seconds(*ends_in)) : std::nullopt};
}

std::optional<Lobby::Guest> read_guest(const Json& json) {
  auto id = find_string(json, "id");
  if (!id || id->empty()) return std::nullopt;
  return Lobby::Guest{.id = std::move(*id),
                      .name = find_text(json, "name"),
                      .identity = find_text(json, "identity"),
                      .dialect = find_text(json, "dialect")};
}

std::optional<IceServer> read_ice_server(const Json& json) {
  IceServer server{
      .urls = {}, .username = find_text(json, "username"), .credential = find_text(json, "credential")};
  if (auto url = find_string(json, "urls")) server.urls.push_back(std::move(*url));
  if (const Json* urls = find(json, "urls", Json::Kind::array)) {
    for (const Json& url : JsonChildren(*urls)) {
      if (url.kind == Json::Kind::string) server.urls.push_back(string_of(url));
    }
  }
  if (server.urls.empty()) return std::nullopt;
  return server;
}

template <class Value>
std::vector<Value> read_list(const Json& json, const char* name,
                             std::optional<Value> (*read_one)(const Json&)) {
  std::vector<Value> values;
  if (const Json* list = find(json, name, Json::Kind::array)) {
    for (const Json& item : JsonChildren(*list)) {
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
  return Joined{.room = std::move(*room),
                .self = std::move(*self),
                .session = std::move(*session),
                .incarnation = find_text(json, "incarnation"),
                .resumed = find_true(json, "resumed"),
                .peers = read_list(json, "peers", read_peer),
                .ice_servers = read_list(json, "iceServers", read_ice_server),
                .limits = read_limits(json),
                .moderator = find_true(json, "moderator"),
                .rules = read_rules(json)};
}

std::optional<Message> read_lobby(const Json& json) {
  return LobbyChanged{
      {.waiting = read_list(json, "waiting", read_guest), .removed = read_list(json, "removed", read_guest)}};
}

std::optional<Message> read_asked(const Json& json) {
  auto what = find_text(json, "what");
  if (what != "microphone" && what != "camera" && what != "screen") return std::nullopt;
  return Asked{.what = std::move(what), .by = find_text(json, "by")};
}

std::optional<Message> read_ice_servers(const Json& json) {
  return IceServers{read_list(json, "iceServers", read_ice_server)};
}

template <class PeerMessage>
std::optional<Message> read_peer_message(const Json& json) {
  const Json* found = find(json, "peer", Json::Kind::object);
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
  return PeerLeft{.id = std::move(*id), .reason = find_text(json, "reason", "left")};
}

std::optional<Message> read_signal(const Json& json) {
  auto from = find_string(json, "from");
  if (!from) return std::nullopt;
  Signal signal{.peer = std::move(*from), .body = Candidate{}, .link = std::nullopt};
  if (const Json* link = find(json, "link", Json::Kind::object)) signal.link = read_link(*link);
  if (const Json* found = find(json, "description", Json::Kind::object)) {
    auto description = read_description(*found);
    if (!description) return std::nullopt;
    signal.body = std::move(*description);
    return signal;
  }
  if (const Json* found = find(json, "candidate", Json::Kind::object)) {
    if (found->text.size() > limits.candidate_bytes) return std::nullopt;
    signal.body = read_candidate(*found);
    return signal;
  }
  return std::nullopt;
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
    Reader{"ice-servers", read_ice_servers},
    Reader{"token-ends",
           [](const Json& json) -> std::optional<Message> { return TokenEnds{.left = read_left(json)}; }},
    Reader{"renewed", [](const Json&) -> std::optional<Message> { return Renewed{}; }},
    Reader{"waiting", [](const Json&) -> std::optional<Message> { return WaitingRoom{}; }},
    Reader{"rules",
           [](const Json& json) -> std::optional<Message> { return RulesChanged{read_rules(json)}; }},
    Reader{
        "role",
        [](const Json& json) -> std::optional<Message> { return RoleChanged{find_true(json, "moderator")}; }},
    Reader{"lobby", read_lobby},
    Reader{"asked", read_asked},
    Reader{"ack", [](const Json&) -> std::optional<Message> { return Ack{}; }},
    Reader{"pong", [](const Json&) -> std::optional<Message> { return Pong{}; }},
    Reader{"error", [](const Json& json) -> std::optional<Message> { return read_error(json); }},
};

}  // namespace

bool is_meta(std::string_view text) {
  return parse(text).has_value();
}

std::string encode(const Join& join) {
  JsonObject json;
  json.string("type", "join").string("room", join.room).string("secret", join.secret);
  if (join.former) json.string("former", *join.former);
  if (join.peer) json.string("peer", *join.peer);
  json.string("name", join.name).json("meta", meta_value(join.meta));
  if (join.token) json.string("token", *join.token);
  if (join.resume) json.json("resume", to_json(*join.resume));
  return json.take();
}

std::string encode(const Signal& signal, Sequence sequence) {
  JsonObject json;
  json.string("type", "signal").number("seq", sequence).string("to", signal.peer);
  std::visit(overloaded{
                 [&](const Description& description) { json.json("description", to_json(description)); },
                 [&](const Candidate& candidate) { json.json("candidate", to_json(candidate)); },
             },
             signal.body);
  if (signal.link) json.json("link", to_json(*signal.link));
  return json.take();
}

std::string encode(const Update& update, Sequence sequence) {
  JsonObject json;
  json.string("type", "update").number("seq", sequence);
  if (update.name) json.string("name", *update.name);
  if (update.meta) json.json("meta", meta_value(*update.meta));
  return json.take();
}

std::string encode(const Moderation& wish, Sequence sequence) {
  JsonObject json;
  json.string("type", "moderate").number("seq", sequence).string("action", name(wish.action));
  if (wish.id) json.string("id", *wish.id);
  if (wish.what) json.string("what", *wish.what);
  if (wish.action == Moderation::Action::rules) json.json("rules", to_json(wish.rules));
  return json.take();
}

std::string encode_leave(Sequence sequence) {
  return JsonObject().string("type", "leave").number("seq", sequence).take();
}

std::string encode_renew(std::string_view token) {
  return JsonObject().string("type", "renew").string("token", token).take();
}

std::string encode_ping(Sequence ack) {
  return JsonObject().string("type", "ping").number("ack", ack).take();
}

std::string encode_ack(Sequence ack) {
  return JsonObject().string("type", "ack").number("ack", ack).take();
}

std::string with_ack(std::string text, Sequence ack) {
  text.pop_back();
  text += ",\"ack\":" + std::to_string(ack) + "}";
  return text;
}

HostLimits read_limits(const Json& welcome) {
  const Json* told = find(welcome, "limits", Json::Kind::object);
  if (told == nullptr) return {};
  return {
      .heartbeat = std::chrono::seconds(find_number<std::uint16_t>(*told, "heartbeatSeconds").value_or(0)),
      .message_bytes = find_number<std::uint32_t>(*told, "messageBytes").value_or(0)};
}

Error read_error(const Json& error) {
  return {.code = find_text(error, "code", "unknown"),
          .message = find_text(error, "message"),
          .re = find_text(error, "re")};
}

std::chrono::seconds read_left(const Json& ends) {
  return std::chrono::seconds(find_number<std::uint32_t>(ends, "seconds").value_or(0));
}

std::optional<Received> decode(std::string_view text) {
  const auto values = parse_object(text);
  if (!values) return std::nullopt;
  const Json& json = values->front();
  const auto type = find_string(json, "type");
  if (!type) return std::nullopt;
  Received received{.sequence = find_number<Sequence>(json, "seq"),
                    .ack = find_number<Sequence>(json, "ack"),
                    .message = Unknown{}};
  for (const Reader& reader : readers) {
    if (reader.type != *type) continue;
    if (auto message = reader.read(json)) received.message = std::move(*message);
  }
  return received;
}

}  // namespace parley::wire
