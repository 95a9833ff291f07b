#pragma once

#include <emscripten/bind.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/directory.hpp"
#include "core/input.hpp"
#include "core/json.hpp"
#include "core/media.hpp"
#include "core/rules.hpp"
#include "core/session.hpp"
#include "core/states.hpp"

/// How the core's types come out of JavaScript values. What a value must be is checked in embind_strict.js,
/// under the names of `register_types`, before any of this runs: so everything read here is there, and of its
/// type.
namespace parley::binding {

/// A text that a server or a peer sent: it may be anything but not absent.
struct ForeignText {
  std::string text;

  operator std::string() && { return std::move(text); }
};

/// A JSON text that becomes the JavaScript value it describes.
struct JsonText {
  std::string text;
};

/// The object whose methods are called for what a Session or a Directory says; which ones, differs.
template <class Core>
struct HandlerOf {
  emscripten::val object;
};

template <class Value>
[[nodiscard]] Value read(const Json& json);

template <>
[[nodiscard]] inline Slot read<Slot>(const Json& json) {
  return {.name = find_text(json, "name"),
          .kind = find_text(json, "kind") == "audio" ? MediaKind::audio : MediaKind::video};
}

template <>
[[nodiscard]] inline Presence read<Presence>(const Json& json) {
  return {.microphone = find_true(json, "microphone"),
          .camera = find_true(json, "camera"),
          .screen = find_true(json, "screen")};
}

template <>
[[nodiscard]] inline SlotMap read<SlotMap>(const Json& json) {
  SlotMap slots;
  for (const Json& slot : JsonChildren(json)) slots.insert_or_assign(key_of(slot), string_of(slot));
  return slots;
}

template <>
[[nodiscard]] inline input::Update read<input::Update>(const Json& json) {
  return {.name = find_string(json, "name"), .meta = find_string(json, "meta")};
}

[[nodiscard]] inline std::optional<bool> read_flag(const Json& json, std::string_view name) {
  if (find(json, name, Json::Kind::boolean) == nullptr) return std::nullopt;
  return find_true(json, name);
}

[[nodiscard]] inline std::optional<Whom> read_whom(const Json& json, std::string_view name) {
  const auto whom = find_string(json, name);
  if (!whom) return std::nullopt;
  return *whom == "moderators" ? Whom::moderators : Whom::everybody;
}

template <>
[[nodiscard]] inline RuleChange read<RuleChange>(const Json& json) {
  const auto ends_in = find_number<std::uint32_t>(json, "endsIn");
  return {.is_private = read_flag(json, "private"),
          .locked = read_flag(json, "locked"),
          .waiting_room = read_flag(json, "waitingRoom"),
          .share = read_whom(json, "share"),
          .chat = read_whom(json, "chat"),
          .members = find_number<std::uint32_t>(json, "members"),
          .ends_in = ends_in ? std::optional(std::chrono::seconds(*ends_in)) : std::nullopt};
}

/// `action` is the index of its name.
template <>
[[nodiscard]] inline Moderation read<Moderation>(const Json& json) {
  const Json* rules = find(json, "rules", Json::Kind::object);
  return {.action = static_cast<Moderation::Action>(find_number<std::uint8_t>(json, "action").value_or(0)),
          .id = find_string(json, "id"),
          .what = find_string(json, "what"),
          .rules = rules == nullptr ? RuleChange{} : read<RuleChange>(*rules)};
}

template <>
[[nodiscard]] inline Candidate read<Candidate>(const Json& json) {
  return {.candidate = find_text(json, "candidate"),
          .sdp_mid = find_string(json, "sdpMid"),
          .sdp_m_line_index = find_number<std::uint16_t>(json, "sdpMLineIndex"),
          .username_fragment = find_string(json, "usernameFragment")};
}

template <>
[[nodiscard]] inline IceServer read<IceServer>(const Json& json) {
  IceServer server{
      .urls = {}, .username = find_text(json, "username"), .credential = find_text(json, "credential")};
  if (const Json* urls = find(json, "urls")) {
    for (const Json& url : JsonChildren(*urls)) server.urls.push_back(string_of(url));
  }
  return server;
}

template <class Value>
[[nodiscard]] std::vector<Value> read_list(const Json& json, std::string_view name) {
  std::vector<Value> values;
  if (const Json* list = find(json, name)) {
    for (const Json& item : JsonChildren(*list)) values.push_back(read<Value>(item));
  }
  return values;
}

[[nodiscard]] inline std::uint64_t read_seed(const Json& json) {
  const auto half = [&](std::string_view name) -> std::uint64_t {
    const Json* found = find(json, "seed");
    return found == nullptr ? 0 : find_number<std::uint32_t>(*found, name).value_or(0);
  };
  return (half("0") << 32U) | half("1");
}

template <>
[[nodiscard]] inline Config read<Config>(const Json& json) {
  return {.url = find_text(json, "url"),
          .room = find_text(json, "room"),
          .name = find_text(json, "name"),
          .meta = find_text(json, "meta", "{}"),
          .peer = find_string(json, "peer"),
          .token = find_string(json, "token"),
          .slots = read_list<Slot>(json, "slots"),
          .ice_servers = read_list<IceServer>(json, "iceServers"),
          .secret = find_text(json, "secret"),
          .former = find_string(json, "former"),
          .entropy = find_text(json, "entropy"),
          .seed = read_seed(json)};
}

template <>
[[nodiscard]] inline DirectoryConfig read<DirectoryConfig>(const Json& json) {
  return {.url = find_text(json, "url"),
          .name = find_text(json, "name"),
          .id = find_text(json, "id"),
          .secret = find_text(json, "secret"),
          .former = find_string(json, "former"),
          .token = find_string(json, "token"),
          .seed = read_seed(json)};
}

}  // namespace parley::binding

namespace emscripten::internal {

using Text = BindingType<std::string>::WireType;

template <>
struct BindingType<std::optional<std::string>> {
  using WireType = Text;
  static std::optional<std::string> fromWireType(Text text) {
    if (text == nullptr) return std::nullopt;
    return std::string(text->data, text->length);
  }
};

template <>
struct BindingType<parley::binding::ForeignText> {
  using WireType = Text;
  static parley::binding::ForeignText fromWireType(Text text) {
    return {.text = std::string(text->data, text->length)};
  }
};

template <class Core>
struct BindingType<parley::binding::HandlerOf<Core>> {
  using WireType = EM_VAL;
  static parley::binding::HandlerOf<Core> fromWireType(EM_VAL handler) {
    return {.object = val::take_ownership(handler)};
  }
};

template <>
struct BindingType<parley::binding::JsonText> {
  using WireType = Text;
  static Text toWireType(const parley::binding::JsonText& json) {
    return BindingType<std::string>::toWireType(json.text);
  }
};

/// A record: it comes as JSON, which embind_strict.js wrote.
template <class Record>
struct RecordBinding {
  using WireType = Text;
  static Record fromWireType(Text text) {
    const auto values = parley::parse({text->data, text->length});
    return values ? parley::binding::read<Record>(values->front()) : Record{};
  }
};

template <>
struct BindingType<parley::Slot> : RecordBinding<parley::Slot> {};
template <>
struct BindingType<parley::Presence> : RecordBinding<parley::Presence> {};
template <>
struct BindingType<parley::SlotMap> : RecordBinding<parley::SlotMap> {};
template <>
struct BindingType<parley::input::Update> : RecordBinding<parley::input::Update> {};
template <>
struct BindingType<parley::Moderation> : RecordBinding<parley::Moderation> {};
template <>
struct BindingType<parley::Candidate> : RecordBinding<parley::Candidate> {};
template <>
struct BindingType<parley::Config> : RecordBinding<parley::Config> {};
template <>
struct BindingType<parley::DirectoryConfig> : RecordBinding<parley::DirectoryConfig> {};

}  // namespace emscripten::internal
