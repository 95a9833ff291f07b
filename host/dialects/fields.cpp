#include "dialects/fields.hpp"

#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "dialects/candidate.hpp"

namespace parley::dialects {
namespace {

/// The largest whole number that a JavaScript client can count to.
constexpr std::uint64_t max_number = (std::uint64_t{1} << 53U) - 1;

enum DescriptionField : std::size_t { description_type, description_sdp };

constexpr std::array<std::string_view, 2> description_names{"type", "sdp"};

enum CandidateField : std::size_t { candidate_text, candidate_mid, candidate_line };

constexpr std::array<std::string_view, 3> candidate_names{"candidate", "sdpMid", "sdpMLineIndex"};

}  // namespace

hub::command::Refused refused(hub::ErrorCode code, std::string sentence) {
  return {.code = code, .message = std::move(sentence)};
}

std::string Fields::text(std::size_t place) {
  require_text(place);
  return object_[place].text();
}

PooledString Fields::carried_text(std::size_t place) {
  require_text(place);
  return object_[place].text<PooledString>();
}

void Fields::require_text(std::size_t place) {
  if (once(place).kind != JsonKind::string) fail(place, "must be a string.");
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

PooledString Fields::description(std::size_t place, std::string_view type) {
  return description_in(place, PooledString(object(place)), type);
}

PooledString Fields::candidate(std::size_t place) {
  const JsonField field = once(place);
  switch (field.kind) {
    case JsonKind::object:
      return candidate_in(place, field.raw);
    case JsonKind::string:
      return on_a_line(std::string(R"({"candidate":)").append(field.raw).append("}"));
    case JsonKind::null:
      return {R"({"candidate":""})"};
    default:
      fail(place, "must be an object or a string.");
      return {};
  }
}

PooledString Fields::description_in(std::size_t place, PooledString object, std::string_view type) {
  JsonObject read(description_names);
  if (!read.read(object)) return {};
  Fields inner(read, description_names);
  inner.require_text(description_sdp);
  const bool typed = read[description_type].kind != JsonKind::absent;
  if (typed && inner.text(description_type) != type) {
    inner.fail(description_type, "must be that of its message.");
  }
  adopt(place, inner);
  if (!typed) object.insert(1, std::string(R"("type":")").append(type).append("\","));
  return object;
}

PooledString Fields::candidate_in(std::size_t place, std::string_view object) {
  JsonObject read(candidate_names);
  if (!read.read(object)) return {};
  Fields inner(read, candidate_names);
  if (inner.has(candidate_mid)) inner.require_text(candidate_mid);
  (void)inner.number(candidate_line, 0);
  const std::string_view text = read[candidate_text].raw;
  if (read[candidate_text].kind != JsonKind::null) {
    inner.require_text(candidate_text);
    adopt(place, inner);
    return on_a_line(object);
  }
  // A browser would take null for the candidate "null".
  adopt(place, inner);
  const auto before = static_cast<std::size_t>(text.data() - object.data());
  return PooledString(object.substr(0, before)).append(R"("")").append(object.substr(before + text.size()));
}

void Fields::adopt(std::size_t place, const Fields& inner) {
  if (!inner.fault().empty()) fail(place, "is not as it should be: " + inner.fault());
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
