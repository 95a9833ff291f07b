#include "dialects/socketio.hpp"

#include <array>

#include "dialects/fields.hpp"
#include "dialects/json_text.hpp"
#include "hub/overloaded.hpp"

namespace parley::dialects::socketio {
namespace {

using hub::command::Audience;
using hub::command::Carries;

enum Field : std::size_t { room, user_id, offer, answer, candidate, to };

constexpr std::array<std::string_view, 6> names{"room", "user_id", "offer", "answer", "candidate", "to"};

/// An event's one argument, as an object: of a room's name alone, the object that has it.
std::string argument(std::string_view args) {
  args.remove_prefix(1);
  args.remove_suffix(1);
  if (args.starts_with('"')) return R"({"room":)" + std::string(args) + '}';
  return args.empty() ? "{}" : std::string(args);
}

hub::Command signal(Fields& in, Carries carries, hub::CarriedText payload) {
  auto target = in.optional_text(to).value_or("");
  const auto audience = target.empty() ? Audience::others : Audience::member;
  return hub::command::Signal{
      .to = std::move(target), .audience = audience, .carries = carries, .payload = std::move(payload)};
}

hub::Command read_command(std::string_view name, Fields& in, const Place& place) {
  if (name == "join_room") {
    return hub::command::Join{.room = in.text(room), .peer = in.optional_text(user_id).value_or(place.peer)};
  }
  if (name == "leave_room") return hub::command::Leave{};
  if (name == "offer") return signal(in, Carries::offer, in.description(offer, "offer"));
  if (name == "answer") return signal(in, Carries::answer, in.description(answer, "answer"));
  if (name == "ice_candidate") return signal(in, Carries::candidate, in.candidate(candidate));
  return refused(hub::ErrorCode::unknown_type, "Send join_room, leave_room, offer, answer or ice_candidate.");
}

Event told(std::string_view name, std::string_view field, std::string_view text, std::size_t users) {
  Event event{.name = name, .args = R"([{")"};
  event.args.append(field).append("\":");
  append_string(event.args, text);
  event.args += R"(,"users":)";
  append_number(event.args, users);
  event.args += "}]";
  return event;
}

std::optional<Event> carried(const hub::event::Signal& signal) {
  std::string_view name;
  std::string_view field;
  switch (signal.carries) {
    case Carries::offer:
      name = field = "offer";
      break;
    case Carries::answer:
      name = field = "answer";
      break;
    case Carries::candidate:
      name = "ice_candidate";
      field = "candidate";
      break;
    case Carries::description:
      return std::nullopt;
  }
  Event event{.name = name, .args = R"([{")"};
  event.args.append(field).append("\":").append(signal.payload).append(R"(,"from":)");
  append_string(event.args, signal.from);
  event.args += "}]";
  return event;
}

Event trouble(const hub::event::Error& error) {
  Event event{.name = "error", .args = "["};
  append_error(event.args, error);
  event.args += ']';
  return event;
}

}  // namespace

hub::Message decode(std::string_view name, std::string_view args, const Place& place) {
  hub::Message message{.type = std::string(name.substr(0, detail::max_type_bytes))};
  const std::string text = argument(args);
  JsonObject object(names);
  if (!object.read(text)) {
    message.command = refused(hub::ErrorCode::not_json, "An event takes one argument, an object.");
    return message;
  }
  Fields in(object, names);
  message.command = read_command(name, in, place);
  if (!in.fault().empty()) message.command = refused(hub::ErrorCode::bad_field, in.fault());
  return message;
}

std::optional<Event> encode(const hub::Delivery& delivery) {
  using Told = std::optional<Event>;
  return std::visit(hub::overloaded{
                        [](const hub::event::Joined& joined) -> Told {
                          return told("room_joined", "room", joined.room, joined.peers.size() + 1);
                        },
                        [](const hub::event::PeerJoined& joined) -> Told {
                          return told("user_joined", "user_id", joined.peer.id, joined.members);
                        },
                        [](const hub::event::PeerLeft& left) -> Told {
                          return told("user_left", "user_id", left.id, left.members);
                        },
                        [](const hub::event::Signal& signal) { return carried(signal); },
                        [](const hub::event::Error& error) -> Told { return trouble(error); },
                        [](const auto&) -> Told { return std::nullopt; },
                    },
                    delivery.event->body);
}

}  // namespace parley::dialects::socketio
