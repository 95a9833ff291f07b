#include "dialects/serverpod.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/error_text.hpp"
#include "dialects/fields.hpp"
#include "dialects/signal_words.hpp"

namespace parley::dialects::serverpod {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

enum Field : std::size_t { type, action, room_id, session_id, metadata, payload, token };

constexpr std::array<std::string_view, 7> names{"type",     "action",  "roomId", "sessionId",
                                                "metadata", "payload", "token"};

enum PayloadField : std::size_t { candidate, target };

constexpr std::array<std::string_view, 2> payload_names{"candidate", "targetPeerId"};

constexpr std::string_view blanks = " \t\r\n";

PooledString trimmed(PooledString text) {
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
  return text;
}

/// Takes this member out of the object whose text has it, with a comma.
void take_out(std::string_view member, PooledString& object) {
  auto begin = static_cast<std::size_t>(member.data() - object.data());
  std::size_t end = begin + member.size();
  const std::size_t before = object.find_last_not_of(blanks, begin - 1);
  const std::size_t behind = object.find_first_not_of(blanks, end);
  if (object[before] == ',') {
    begin = before;
  } else if (object[behind] == ',') {
    end = behind + 1;
  }
  object.erase(begin, end - begin);
}

/// What a signal carries is a JSON text within the message: an object, with the recipient in it or none.
hub::Command read_signal(SignalKind kind, std::string_view expected, Fields& in) {
  PooledString text = trimmed(in.pooled_text(payload));
  JsonObject object(payload_names);
  if (!object.read(text)) {
    in.fail(payload, "must be a string with a JSON object in it.");
    return hub::command::Ack{};
  }
  Fields inner(object, payload_names);
  hub::command::Signal signal{.to = inner.optional_text(target).value_or(""), .kind = kind};
  signal.audience = signal.to.empty() ? Audience::others : Audience::member;
  if (kind == SignalKind::candidate && object[candidate].kind == JsonKind::object) {
    signal.payload = in.candidate_in(payload, inner.object(candidate));
  } else {
    if (object[target].kind != JsonKind::absent) take_out(object[target].member, text);
    signal.payload = kind == SignalKind::candidate ? in.candidate_in(payload, text)
                                                   : in.description_in(payload, std::move(text), expected);
  }
  if (!inner.fault().empty()) in.fail(payload, "is not as it should be: " + inner.fault());
  return signal;
}

hub::Command read_command(std::string_view type_name, Fields& in) {
  if (type_name == "webrtc_offer") return read_signal(SignalKind::offer, "offer", in);
  if (type_name == "webrtc_answer") return read_signal(SignalKind::answer, "answer", in);
  if (type_name == "webrtc_ice_candidate") return read_signal(SignalKind::candidate, "", in);
  if (type_name == "leave_room") return hub::command::Leave{};
  return refused(
      hub::ErrorCode::unknown_type,
      "Send the action join, or a webrtc_offer, webrtc_answer, webrtc_ice_candidate or leave_room.");
}

hub::Command read_action(std::string_view name, Fields& in) {
  if (name != "join") return refused(hub::ErrorCode::unknown_type, "The only action is join.");
  return hub::command::Join{.room = in.text(room_id),
                            .peer = in.text(session_id),
                            .meta = in.json(metadata).value_or("{}"),
                            .token = read_token(in, token)};
}

void write(const hub::event::Joined& joined, std::string& out) {
  std::vector<std::string> ids;
  for (const hub::Member& peer : joined.peers) ids.push_back(peer.id);
  out += R"({"type":"peers_list","peers":)";
  append_strings(out, ids);
  out += R"(,"roomId":)";
  append_string(out, joined.room);
  out += R"(,"sessionId":)";
  append_string(out, joined.self);
  out += '}';
}

void write(const hub::event::PeerJoined& joined, std::string& out) {
  out += R"({"type":"peer_joined","peerId":)";
  append_string(out, joined.peer.id);
  out += R"(,"peers":)";
  append_strings(out, joined.others);
  out += '}';
}

void write(const hub::event::Signal& signal, std::string& out) {
  const auto type_name = words_for(signal.kind).type;
  if (type_name.empty()) return;
  out.append(R"({"type":"webrtc_)").append(type_name).append(R"(","payload":)");
  append_string(out, signal.payload);
  out += R"(,"senderSessionId":)";
  append_string(out, signal.from);
  out += '}';
}

void write(const hub::event::PeerLeft& left, std::string& out) {
  out += R"({"type":"peer_left","peerId":)";
  append_string(out, left.id);
  out += '}';
}

}  // namespace

hub::Message decode(std::string_view text, const RoomAddress&) {
  JsonObject object(names);
  if (auto fault = detail::fault_of_text(text, object)) return {.command = *std::move(fault)};
  Fields in(object, names);
  // A join has an action where everything else has a type.
  return in.has(action) ? read_message(in, names[action], action, read_action)
                        : read_message(in, names[type], type, read_command);
}

void encode(const hub::Delivery& delivery, std::string& out) {
  std::visit(overloaded{
                 [&](const hub::event::Joined& joined) { write(joined, out); },
                 [&](const hub::event::PeerJoined& joined) { write(joined, out); },
                 [&](const hub::event::PeerLeft& left) { write(left, out); },
                 [&](const hub::event::Signal& signal) { write(signal, out); },
                 [&](const hub::event::Error& error) { append_error(out, error); },
                 [](const auto&) {},
             },
             delivery.event->body);
}

}  // namespace parley::dialects::serverpod
