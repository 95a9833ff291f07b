#include "channel_wire.hpp"

#include <utility>

#include "json.hpp"
#include "overloaded.hpp"

namespace parley::channel_wire {
namespace {

Json to_json(const Presence& presence) {
  return {{"microphone", presence.microphone}, {"camera", presence.camera}, {"screen", presence.screen}};
}

Presence read_presence(const Json& json) {
  const Json* found = find_object(json, "presence");
  if (found == nullptr) return {};
  return {.microphone = find_true(*found, "microphone"),
          .camera = find_true(*found, "camera"),
          .screen = find_true(*found, "screen")};
}

Json to_json(const Hello& hello) {
  return {{"type", "hello"},
          {"stream", hello.stream},
          {"first", hello.first},
          {"receivedStream", hello.received_stream},
          {"received", hello.received},
          {"presence", to_json(hello.presence)}};
}

Json to_json(const PresenceMessage& message) {
  return {{"type", "presence"}, {"presence", to_json(message.presence)}};
}

Json to_json(const Text& message) {
  return {{"type", "message"}, {"seq", message.sequence}, {"topic", message.topic}, {"text", message.text}};
}

Json to_json(const Ack& ack) {
  return {{"type", "ack"}, {"received", ack.received}};
}

}  // namespace

std::string encode(const Message& message) {
  return std::visit([](const auto& alternative) { return write(to_json(alternative)); }, message);
}

std::optional<Message> decode(std::string_view text) {
  const auto json = parse_object(text);
  const auto type = json ? find_string(*json, "type") : std::nullopt;
  if (!type) return std::nullopt;
  if (*type == "hello") {
    return Hello{.stream = find_number<std::uint32_t>(*json, "stream").value_or(0),
                 .first = find_number<Sequence>(*json, "first").value_or(1),
                 .received_stream = find_number<std::uint32_t>(*json, "receivedStream").value_or(0),
                 .received = find_number<Sequence>(*json, "received").value_or(0),
                 .presence = read_presence(*json)};
  }
  if (*type == "presence") return PresenceMessage{.presence = read_presence(*json)};
  if (*type == "ack") return Ack{.received = find_number<Sequence>(*json, "received").value_or(0)};
  if (*type != "message") return std::nullopt;
  const auto sequence = find_number<Sequence>(*json, "seq");
  auto topic = find_string(*json, "topic");
  auto body = find_string(*json, "text");
  if (!sequence || !topic || !body) return std::nullopt;
  return Text{.sequence = *sequence, .topic = std::move(*topic), .text = std::move(*body)};
}

}  // namespace parley::channel_wire
