#include "dialects/socketio.hpp"

#include <array>

#include "base/json_text.hpp"
#include "base/overloaded.hpp"
#include "dialects/error_text.hpp"
#include "dialects/fields.hpp"
#include "dialects/signal_words.hpp"

namespace parley::dialects::socketio {
namespace {

using hub::command::Audience;
using hub::command::SignalKind;

enum Field : std::size_t { room, user_id, offer, answer, candidate, to, token };

constexpr std::array<std::string_view, 7> names{"room",      "user_id", "offer", "answer",
                                                "candidate", "to",      "token"};

/// An event's one argument, or nothing.
std::string_view argument(std::string_view args) {
  args.remove_prefix(1);
  args.remove_suffix(1);
  return args;
}

hub::Command signal(Fields& in, SignalKind kind, PooledString payload) {
  auto target = in.optional_text(to).value_or("");
  const auto audience = target.empty() ? Audience::others : Audience::member;
  return hub::command::Signal{.to = std::move(target),
                              .audience = audience,
                              .kind = kind,
                              .payload = std::move(payload),
                              .room = in.optional_text(room).value_or("")};
}

hub::Command read_command(std::string_view name, Fields& in, const RoomAddress& at) {
  if (name == "join_room") {
    return hub::command::Join{.room = in.text(room),
                              .peer = in.optional_text(user_id).value_or(at.peer),
                              .token = read_token(in, token)};
  }
  if (name == "leave_room") return hub::command::Leave{.room = in.optional_text(room).value_or("")};
  if (name == "offer") return signal(in, SignalKind::offer, in.description(offer, "offer"));
  if (name == "answer") return signal(in, SignalKind::answer, in.description(answer, "answer"));
  if (name == "ice_candidate") return signal(in, SignalKind::candidate, in.candidate(candidate));
  return refused(hub::ErrorCode::unknown_type, "Send join_room, leave_room, offer, answer or ice_candidate.");
}

void write(std::string_view name, std::string_view field, std::string_view text, std::size_t users,
           std::string& out) {
  out.append("[\"").append(name).append("\",{\"").append(field).append("\":");
  append_string(out, text);
  out += ",\"users\":";
  append_number(out, users);
  out += "}]";
}

void write(const hub::event::Signal& signal, std::string& out) {
  const auto [name, field] = words_for(signal.kind);
  if (name.empty()) return;
  out.append("[\"").append(name).append("\",{\"").append(field).append("\":").append(signal.payload);
  out += ",\"from\":";
  append_string(out, signal.from);
  out += "}]";
}

void write(const hub::event::Error& error, std::string& out) {
  out += "[\"error\",";
  append_error(out, error);
  out += ']';
}

}  // namespace

hub::Message decode(std::string_view name, std::string_view args, const RoomAddress& at) {
  hub::Message message{.type = std::string(name.substr(0, detail::max_type_bytes))};
  std::string_view text = argument(args);
  std::string room_alone;
  if (text.starts_with('"')) text = room_alone = std::string(R"({"room":)").append(text).append("}");
  JsonObject object(names);
  if (!object.read(text.empty() ? "{}" : text)) {
    message.command = refused(hub::ErrorCode::not_json, "An event takes one argument, an object.");
    return message;
  }
  Fields in(object, names);
  message.command = read_command(name, in, at);
  if (!in.fault().empty()) message.command = refused(hub::ErrorCode::bad_field, in.fault());
  return message;
}

void encode(const hub::Delivery& delivery, std::string& out) {
  std::visit(overloaded{
                 [&](const hub::event::Joined& joined) {
                   write("room_joined", "room", joined.room, joined.peers.size() + 1, out);
                 },
                 [&](const hub::event::PeerJoined& joined) {
                   write("user_joined", "user_id", joined.peer.id, joined.members, out);
                 },
                 [&](const hub::event::PeerLeft& left) {
                   write("user_left", "user_id", left.id, left.members, out);
                 },
                 [&](const hub::event::Signal& signal) { write(signal, out); },
                 [&](const hub::event::Error& error) { write(error, out); },
                 [](const auto&) {},
             },
             delivery.event->body);
}

}  // namespace parley::dialects::socketio
