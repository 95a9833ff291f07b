#include "dialects/fields.hpp"

#include <array>
#include <utility>

#include "dialects/candidate.hpp"
#include "dialects/utf8.hpp"

namespace parley::dialects {
namespace {

/// The largest whole number that a JavaScript client can count to.
constexpr std::uint64_t max_number = (std::uint64_t{1} << 53U) - 1;

enum DescriptionField : std::size_t { description_type, description_sdp };

constexpr std::array<std::string_view, 2> description_names{"type", "sdp"};

}  // namespace

hub::command::Refused refused(hub::ErrorCode code, std::string sentence) {
  return {.code = code, .message = std::move(sentence)};
}

std::string Fields::text(std::size_t place) {
  const JsonField field = once(place);
  if (field.kind != JsonKind::string) fail(place, "must be a string.");
  return field.text();
}

std::optional<std::string> Fields::optional_text(std::size_t place) {
  return has(place) ? std::optional(text(place)) : std::nullopt;
}

std::string_view Fields::object(std::size_t place) {
  const JsonField field = once(place);
  if (field.kind != JsonKind::object) fail(place, "must be an object.");
  return field.raw;
}

std::optional<std::string> Fields::json(std::size_t place) {
  const JsonField field = once(place);
  return field.kind != JsonKind::absent ? std::optional<std::string>(field.raw) : std::nullopt;
}

std::uint64_t Fields::number(std::size_t place, std::uint64_t least) {
  if (!has(place)) return 0;
  const std::uint64_t number = once(place).number().value_or(max_number + 1);
  if (number >= least && number <= max_number) return number;
  fail(place, "must be a whole number from " + std::to_string(least) + ".");
  return 0;
}

hub::CarriedText Fields::description(std::size_t place, std::string_view type) {
  const std::string_view raw = object(place);
  JsonObject inner(description_names);
  if (!inner.read(raw)) return {};
  if (inner[description_sdp].kind != JsonKind::string) fail(place, "must have an \"sdp\", a string.");
  if (inner[description_type].kind == JsonKind::absent) {
    hub::CarriedText whole(R"({"type":")");
    return whole.append(type).append("\",").append(raw.substr(1));
  }
  if (inner[description_type].text() != type) fail(place, "must have the type of its message.");
  return hub::CarriedText(raw);
}

hub::CarriedText Fields::candidate(std::size_t place) {
  const JsonField field = once(place);
  switch (field.kind) {
    case JsonKind::object:
      return on_a_line(field.raw);
    case JsonKind::string:
      return on_a_line(std::string(R"({"candidate":)").append(field.raw).append("}"));
    case JsonKind::null:
      return hub::CarriedText(R"({"candidate":""})");
    default:
      fail(place, "must be an object or a string.");
      return {};
  }
}

void Fields::fail(std::size_t place, std::string_view rule) {
  if (fault_.empty()) fault_ = '"' + std::string(names_[place]) + "\" " + std::string(rule);
}

JsonField Fields::once(std::size_t place) {
  const JsonField field = object_[place];
  if (field.repeated) fail(place, "must be given once.");
  return field;
}

hub::command::Carries kind_of(std::string_view description) {
  using hub::command::Carries;
  // As JavaScript writes an RTCSessionDescription; everything else is read.
  if (description.starts_with(R"({"type":"offer",)")) return Carries::offer;
  if (description.starts_with(R"({"type":"answer",)")) return Carries::answer;
  JsonObject object(description_names);
  if (!object.read(description) || object[description_type].kind != JsonKind::string)
    return Carries::description;
  const std::string type = object[description_type].text();
  if (type == "offer") return Carries::offer;
  return type == "answer" ? Carries::answer : Carries::description;
}

std::optional<hub::Command> detail::fault_of_text(std::string_view text, JsonObject& object) {
  if (!is_utf8(text)) return hub::command::NotUtf8{};
  if (object.read(text)) return std::nullopt;
  return refused(hub::ErrorCode::not_json, "A message must be one JSON object, nested at most " +
                                               std::to_string(JsonObject::max_depth) + " deep.");
}

}  // namespace parley::dialects
