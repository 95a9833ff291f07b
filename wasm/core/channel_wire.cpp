#include "channel_wire.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "json.hpp"
#include "overloaded.hpp"

namespace parley::channel_wire {
namespace {

std::string to_json(const Presence& presence) {
  return JsonObject()
      .boolean("microphone", presence.microphone)
      .boolean("camera", presence.camera)
      .boolean("screen", presence.screen)
      .take();
}

Presence read_presence(const Json& json) {
  const Json* found = find(json, "presence", Json::Kind::object);
  if (found == nullptr) return {};
  return {.microphone = find_true(*found, "microphone"),
          .camera = find_true(*found, "camera"),
          .screen = find_true(*found, "screen")};
}

std::string to_json(const Hello& hello) {
  JsonObject json;
  json.string("type", "hello")
      .number("stream", hello.stream)
      .number("first", hello.first)
      .number("receivedStream", hello.received_stream)
      .number("received", hello.received)
      .json("presence", to_json(hello.presence));
  if (hello.verifies) json.number("verify", 1);
  return json.take();
}

std::string to_json(const PresenceMessage& message) {
  return JsonObject().string("type", "presence").json("presence", to_json(message.presence)).take();
}

std::string to_json(const Text& message) {
  return JsonObject()
      .string("type", "message")
      .number("seq", message.sequence)
      .string("topic", message.topic)
      .string("text", message.text)
      .take();
}

std::string to_json(const Ack& ack) {
  return JsonObject().string("type", "ack").number("received", ack.received).take();
}

constexpr std::array<std::string_view, 3> step_names = {"commit", "nonce", "reveal"};

std::string to_json(const Verify& verify) {
  return JsonObject()
      .string("type", "verify")
      .string("step", step_names[static_cast<std::size_t>(verify.step)])
      .string("value", verify.value)
      .take();
}

std::optional<Message> read_verify(const Json& json) {
  const auto step = find_string(json, "step");
  const auto* const found = std::find(step_names.begin(), step_names.end(), step.value_or(""));
  if (found == step_names.end()) return std::nullopt;
  return Verify{.step = static_cast<VerifyStep>(found - step_names.begin()),
                .value = find_text(json, "value")};
}

}  // namespace

std::string encode(const Message& message) {
  return std::visit([](const auto& alternative) { return to_json(alternative); }, message);
}

std::optional<Message> decode(std::string_view text) {
  const auto values = parse_object(text);
  if (!values) return std::nullopt;
  const Json& json = values->front();
  const auto type = find_string(json, "type");
  if (!type) return std::nullopt;
  if (*type == "hello") {
    return Hello{.stream = find_number<std::uint32_t>(json, "stream").value_or(0),
                 .first = find_number<Sequence>(json, "first").value_or(1),
                 .received_stream = find_number<std::uint32_t>(json, "receivedStream").value_or(0),
                 .received = find_number<Sequence>(json, "received").value_or(0),
                 .presence = read_presence(json),
                 .verifies = find_number<std::uint32_t>(json, "verify").value_or(0) >= 1};
  }
  if (*type == "presence") return PresenceMessage{.presence = read_presence(json)};
  if (*type == "ack") return Ack{.received = find_number<Sequence>(json, "received").value_or(0)};
  if (*type == "verify") return read_verify(json);
  if (*type != "message") return std::nullopt;
  const auto sequence = find_number<Sequence>(json, "seq");
  auto topic = find_string(json, "topic");
  auto body = find_string(json, "text");
  if (!sequence || !topic || !body) return std::nullopt;
  return Text{.sequence = *sequence, .topic = std::move(*topic), .text = std::move(*body)};
}

}  // namespace parley::channel_wire
