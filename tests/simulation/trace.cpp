#include "trace.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "trace_fields.hpp"

namespace parley::simulation::trace {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
concept Enumeration = std::is_enum_v<Value>;
template <class Value>
concept Described = requires(Value& value) {
  each(value, [](const char*, auto&) {});
};

template <class Value>
void put(Json& json, const std::optional<Value>& value);
template <class Value>
void put(Json& json, const std::vector<Value>& values);
template <class Value>
void take(const Json& json, std::optional<Value>& value);
template <class Value>
void take(const Json& json, std::vector<Value>& values);

template <class Value>
void put(Json& json, const Value& value) {
  if constexpr (Enumeration<Value>) {
    json = static_cast<int>(value);
  } else if constexpr (std::same_as<Value, Instant>) {
    json = value.time_since_epoch().count();
  } else if constexpr (std::same_as<Value, std::chrono::seconds>) {
    json = value.count();
  } else if constexpr (Described<const Value>) {
    json = Json::object();
    each(value, [&json](const char* name, const auto& member) { put(json[name], member); });
  } else {
    json = value;
  }
}
template <class Value>
void put(Json& json, const std::optional<Value>& value) {
  if (value) put(json, *value);
}
template <class Value>
void put(Json& json, const std::vector<Value>& values) {
  json = Json::array();
  for (const Value& value : values) put(json.emplace_back(), value);
}

// A trace is the simulation's own, so a member of the wrong type is not looked for: a missing one keeps its
// default.
template <class Value>
void take(const Json& json, Value& value) {
  if (json.is_null()) return;
  if constexpr (Enumeration<Value>) {
    value = static_cast<Value>(json.get<int>());
  } else if constexpr (std::same_as<Value, Instant>) {
    value = Instant(Duration(json.get<Duration::rep>()));
  } else if constexpr (std::same_as<Value, std::chrono::seconds>) {
    value = std::chrono::seconds(json.get<std::chrono::seconds::rep>());
  } else if constexpr (Described<Value>) {
    each(value, [&json](const char* name, auto& member) {
      if (const auto found = json.find(name); found != json.end()) take(*found, member);
    });
  } else {
    value = json.get<Value>();
  }
}
template <class Value>
void take(const Json& json, std::optional<Value>& value) {
  if (!json.is_null()) take(json, value.emplace());
}
template <class Value>
void take(const Json& json, std::vector<Value>& values) {
  for (const Json& element : json) take(element, values.emplace_back());
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <std::size_t... Index>
std::optional<Input> input_named(std::string_view name, std::index_sequence<Index...>) {
  std::optional<Input> input;
  ((input_names[Index] == name ? void(input.emplace(std::in_place_index<Index>)) : void()), ...);
  return input;
}

}  // namespace

std::string write(const Config& config) {
  Json json;
  put(json["config"], config);
  return line(json);
}

std::string write(const Input& input, Instant at) {
  Json json;
  put(json["at"], at);
  json["input"] = input_names[input.index()];
  std::visit([&json](const auto& alternative) { put(json["with"], alternative); }, input);
  return line(json);
}

std::string write(const Output& output) {
  Json json;
  json["output"] = output_names[output.index()];
  std::visit([&json](const auto& alternative) { put(json["with"], alternative); }, output);
  return line(json);
}

std::optional<Line> read(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  if (const auto found = json.find("config"); found != json.end()) {
    Config config;
    take(*found, config);
    return config;
  }
  if (json.contains("output")) return OutputSeen{};
  const auto name = json.find("input");
  const auto at = json.find("at");
  const auto with = json.find("with");
  if (name == json.end() || at == json.end() || with == json.end()) return std::nullopt;
  auto input = input_named(name->get<std::string>(), std::make_index_sequence<input_names.size()>());
  if (!input) return std::nullopt;
  InputAt result{.at = {}, .input = std::move(*input)};
  take(*at, result.at);
  std::visit([&with](auto& alternative) { take(*with, alternative); }, result.input);
  return result;
}

}  // namespace parley::simulation::trace
