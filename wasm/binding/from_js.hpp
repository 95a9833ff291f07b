#pragma once

#include <emscripten/val.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/limits.hpp"
#include "core/media.hpp"
#include "core/output.hpp"
#include "core/session.hpp"
#include "core/state_names.hpp"

/// JavaScript values to the core's types. A wrong one is thrown as a TypeError that names it, before the core
/// has been touched. (Nothing unwinds C++ frames here: the callers hold nothing yet that would leak more than
/// bytes.)
namespace parley::binding {

using emscripten::val;

[[noreturn]] inline void throw_type_error(std::string_view what, std::string_view expected) {
  std::string sentence(what);
  sentence += " must be ";
  sentence += expected;
  val::global("TypeError").new_(sentence).throw_();
}

[[nodiscard]] inline bool is_absent(const val& value) {
  return value.isUndefined() || value.isNull();
}

/// `most` bounds the length in UTF-16 units before any memory is spent on a copy.
[[nodiscard]] inline std::string read_string(const val& value, std::string_view what,
                                             std::size_t most = limits.message_bytes) {
  if (!value.isString()) throw_type_error(what, "a string");
  if (value["length"].as<double>() > static_cast<double>(most)) throw_type_error(what, "a shorter string");
  return value.as<std::string>();
}

[[nodiscard]] inline std::optional<std::string> read_optional_string(const val& value,
                                                                     std::string_view what) {
  if (is_absent(value)) return std::nullopt;
  return read_string(value, what);
}

[[nodiscard]] inline double read_number(const val& value, std::string_view what) {
  if (!value.isNumber()) throw_type_error(what, "a number");
  const double number = value.as<double>();
  if (!std::isfinite(number)) throw_type_error(what, "a finite number");
  return number;
}

template <class Integer>
[[nodiscard]] Integer read_integer(const val& value, std::string_view what) {
  const double number = read_number(value, what);
  if (number != std::floor(number) || number < 0 ||
      number > static_cast<double>(std::numeric_limits<Integer>::max())) {
    throw_type_error(what, "a whole number in range");
  }
  return static_cast<Integer>(number);
}

[[nodiscard]] inline Instant read_instant(const val& value) {
  const double milliseconds = read_number(value, "now");
  if (milliseconds < 0 || milliseconds > 9e15) throw_type_error("now", "milliseconds since the page began");
  return Instant(Duration(static_cast<Duration::rep>(milliseconds)));
}

[[nodiscard]] inline bool read_bool(const val& value, std::string_view what) {
  if (!value.isTrue() && !value.isFalse()) throw_type_error(what, "true or false");
  return value.isTrue();
}

inline void expect_object(const val& value, std::string_view what) {
  if (is_absent(value) || value.typeOf().as<std::string>() != "object") throw_type_error(what, "an object");
}

inline void expect_array(const val& value, std::string_view what) {
  if (!value.isArray()) throw_type_error(what, "an array");
}

/// Any JSON value, as its text.
[[nodiscard]] inline std::string read_json(const val& value, std::string_view what) {
  const val text = val::global("JSON").call<val>("stringify", value);
  if (!text.isString()) throw_type_error(what, "a JSON value");
  return read_string(text, what);
}

[[nodiscard]] inline MediaKind read_kind(const val& value) {
  const std::string kind = read_string(value, "kind");
  if (kind != "audio" && kind != "video") throw_type_error("kind", "\"audio\" or \"video\"");
  return kind == "audio" ? MediaKind::audio : MediaKind::video;
}

[[nodiscard]] inline SdpType read_sdp_type(const val& value) {
  const std::string type = read_string(value, "type");
  if (type != "offer" && type != "answer") throw_type_error("type", "\"offer\" or \"answer\"");
  return type == "offer" ? SdpType::offer : SdpType::answer;
}

/// The state with this W3C name.
template <class State, std::size_t Count>
[[nodiscard]] State read_state(const val& value, const std::array<State, Count>& all) {
  const std::string text = read_string(value, "state");
  for (const State state : all) {
    if (name(state) == text) return state;
  }
  throw_type_error("state", "one of W3C WebRTC's names");
}

[[nodiscard]] inline Slot read_slot(const val& value) {
  expect_object(value, "a slot");
  return {.name = read_string(value["name"], "slot.name"), .kind = read_kind(value["kind"])};
}

[[nodiscard]] inline SlotMap read_slot_map(const val& value) {
  expect_object(value, "slots");
  SlotMap slots;
  const val entries = val::global("Object").call<val>("entries", value);
  const auto count = entries["length"].as<unsigned>();
  for (unsigned i = 0; i < count; ++i) {
    slots.emplace(read_string(entries[i][0], "a mid"), read_string(entries[i][1], "a slot's name"));
  }
  return slots;
}

[[nodiscard]] inline Candidate read_candidate(const val& value) {
  expect_object(value, "candidate");
  Candidate candidate{
      .candidate = read_string(value["candidate"], "candidate.candidate"),
      .sdp_mid = read_optional_string(value["sdpMid"], "candidate.sdpMid"),
      .sdp_m_line_index = std::nullopt,
      .username_fragment = read_optional_string(value["usernameFragment"], "candidate.usernameFragment")};
  if (const val index = value["sdpMLineIndex"]; !is_absent(index)) {
    candidate.sdp_m_line_index = read_integer<std::uint16_t>(index, "candidate.sdpMLineIndex");
  }
  return candidate;
}

[[nodiscard]] inline Presence read_presence(const val& value) {
  expect_object(value, "presence");
  return {.microphone = read_bool(value["microphone"], "presence.microphone"),
          .camera = read_bool(value["camera"], "presence.camera"),
          .screen = read_bool(value["screen"], "presence.screen")};
}

[[nodiscard]] inline IceServer read_ice_server(const val& value) {
  expect_object(value, "an ICE server");
  IceServer server{.urls = {},
                   .username = read_optional_string(value["username"], "username").value_or(""),
                   .credential = read_optional_string(value["credential"], "credential").value_or("")};
  const val urls = value["urls"];
  if (urls.isString()) {
    server.urls.push_back(read_string(urls, "urls"));
    return server;
  }
  expect_array(urls, "urls");
  const auto count = urls["length"].as<unsigned>();
  for (unsigned i = 0; i < count; ++i) server.urls.push_back(read_string(urls[i], "a URL"));
  return server;
}

[[nodiscard]] inline Config read_config(const val& value) {
  expect_object(value, "config");
  Config config;
  config.url = read_string(value["url"], "config.url");
  config.room = read_string(value["room"], "config.room");
  config.name = read_optional_string(value["name"], "config.name").value_or("");
  if (const val meta = value["meta"]; !is_absent(meta)) config.meta = read_json(meta, "config.meta");
  config.peer = read_optional_string(value["peer"], "config.peer");
  config.token = read_optional_string(value["token"], "config.token");
  if (const val slots = value["slots"]; !is_absent(slots)) {
    expect_array(slots, "config.slots");
    const auto count = slots["length"].as<unsigned>();
    for (unsigned i = 0; i < count; ++i) config.slots.push_back(read_slot(slots[i]));
  }
  if (const val servers = value["iceServers"]; !is_absent(servers)) {
    expect_array(servers, "config.iceServers");
    const auto count = servers["length"].as<unsigned>();
    for (unsigned i = 0; i < count; ++i) config.ice_servers.push_back(read_ice_server(servers[i]));
  }
  const val seed = value["seed"];
  expect_object(seed, "config.seed");
  config.seed = (static_cast<std::uint64_t>(read_integer<std::uint32_t>(seed[0], "config.seed[0]")) << 32U) |
                read_integer<std::uint32_t>(seed[1], "config.seed[1]");
  return config;
}

}  // namespace parley::binding
