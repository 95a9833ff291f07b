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

std::string Fields::text(std::size_t index) {
  require_text(index);
  return object_[index].text();
}

PooledString Fields::pooled_text(std::size_t index) {
  require_text(index);
  return object_[index].text<PooledString>();
}

void Fields::require_text(std::size_t index) {
  if (once(index).kind != JsonKind::string) fail(index, "must be a string.");
}

std::optional<std::string> Fields::optional_text(std::size_t index) {
  return has(index) ? std::optional(text(index)) : std::nullopt;
}

std::string_view Fields::object(std::size_t index) {
  const JsonField field = once(index);
  if (field.kind != JsonKind::object) fail(index, "must be an object.");
  return field.raw;
}

std::optional<std::string> Fields::json(std::size_t index) {
  const JsonField field = once(index);
  return field.kind != JsonKind::absent ? std::optional<std::string>(field.raw) : std::nullopt;
}

std::uint64_t Fields::number(std::size_t index, std::uint64_t least) {
  if (!has(index)) return 0;
  const std::uint64_t number = once(index).number().value_or(max_number + 1);
  if (number >= least && number <= max_number) return number;
  fail(index, "must be a whole number from " + std::to_string(least) + ".");
  return 0;
}

PooledString Fields::description(std::size_t index, std::string_view type) {
  return description_in(index, PooledString(object(index)), type);
}

PooledString Fields::candidate(std::size_t index) {
  const JsonField field = once(index);
  switch (field.kind) {
    case JsonKind::object:
      return candidate_in(index, field.raw);
    case JsonKind::string:
      return on_a_line(std::string(R"({"candidate":)").append(field.raw).append("}"));
    case JsonKind::null:
      return {R"({"candidate":""})"};
    default:
      fail(index, "must be an object or a string.");
      return {};
  }
}

PooledString Fields::description_in(std::size_t index, PooledString object, std::string_view type) {
  JsonObject read(description_names);
  if (!read.read(object)) return {};
  Fields inner(read, description_names);
  inner.require_text(description_sdp);
  const bool typed = read[description_type].kind != JsonKind::absent;
  if (typed && inner.text(description_type) != type) {
    inner.fail(description_type, "must be that of its message.");
  }
  adopt(index, inner);
  if (!typed) object.insert(1, std::string(R"("type":")").append(type).append("\","));
  return object;
}

PooledString Fields::candidate_in(std::size_t index, std::string_view object) {
  JsonObject read(candidate_names);
  if (!read.read(object)) return {};
  Fields inner(read, candidate_names);
  if (inner.has(candidate_mid)) inner.require_text(candidate_mid);
  (void)inner.number(candidate_line, 0);
  const std::string_view text = read[candidate_text].raw;
  if (read[candidate_text].kind != JsonKind::null) {
    inner.require_text(candidate_text);
    adopt(index, inner);
    return on_a_line(object);
  }
  // A browser would take null for the candidate "null".
  adopt(index, inner);
  const auto before = static_cast<std::size_t>(text.data() - object.data());
  return PooledString(object.substr(0, before)).append(R"("")").append(object.substr(before + text.size()));
}

void Fields::adopt(std::size_t index, const Fields& inner) {
  if (!inner.fault().empty()) fail(index, "is not as it should be: " + inner.fault());
}

void Fields::fail(std::size_t index, std::string_view rule) {
  if (fault_.empty()) fault_ = '"' + std::string(names_[index]) + "\" " + std::string(rule);
}

JsonField Fields::once(std::size_t index) {
  const JsonField field = object_[index];
  if (field.repeated) fail(index, "must be given once.");
  return field;
}

hub::command::SignalKind kind_of(std::string_view description) {
  using hub::command::SignalKind;
  // As JavaScript writes an RTCSessionDescription; everything else is read.
  if (description.starts_with(R"({"type":"offer",)")) return SignalKind::offer;
  if (description.starts_with(R"({"type":"answer",)")) return SignalKind::answer;
  JsonObject object(description_names);
  if (!object.read(description) || object[description_type].kind != JsonKind::string)
    return SignalKind::description;
  const std::string type = object[description_type].text();
  if (type == "offer") return SignalKind::offer;
  return type == "answer" ? SignalKind::answer : SignalKind::description;
}

std::optional<hub::Command> detail::fault_of_text(std::string_view text, JsonObject& object) {
  if (!is_utf8(text)) return hub::command::NotUtf8{};
  if (object.read(text)) return std::nullopt;
  return refused(hub::ErrorCode::not_json, "A message must be one JSON object, nested at most " +
                                               std::to_string(JsonObject::max_depth) + " deep.");
}

hub::Token read_token(Fields& in, std::size_t index) {
  return {.text = in.optional_text(index).value_or("")};
}

}  // namespace parley::dialects
