#include "dialects/json_object.hpp"

#include <algorithm>
#include <bit>

#include "dialects/raw_members.hpp"
#include "hub/spares.hpp"

namespace parley::dialects {
namespace {

namespace dom = simdjson::dom;

JsonKind kind_of(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return JsonKind::array;
    case dom::element_type::OBJECT:
      return JsonKind::object;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return JsonKind::number;
    case dom::element_type::STRING:
      return JsonKind::string;
    case dom::element_type::BOOL:
      return JsonKind::boolean;
    case dom::element_type::NULL_VALUE:
      return JsonKind::null;
  }
  return JsonKind::absent;
}

// Room for a description of the usual size; a parser grows to what it is given.
constexpr std::size_t least_capacity = 8'192;
// A parser takes some 16 bytes for each that it can read. Larger ones than for the largest message by default
// are not kept.
constexpr std::size_t most_capacity = 65'536;

hub::Spares<dom::parser>& spare_parsers() {
  static hub::Spares<dom::parser> spares;
  return spares;
}

}  // namespace

JsonObject::JsonObject(std::span<const std::string_view> names)
    : names_(names), parser_(spare_parsers().take()) {}

JsonObject::~JsonObject() {
  if (parser_->capacity() <= most_capacity) spare_parsers().give_back(std::move(parser_));
}

bool JsonObject::read(std::string_view text) {
  if (parser_->capacity() < text.size()) {
    const std::size_t capacity = std::max(least_capacity, std::bit_ceil(text.size()));
    if (parser_->allocate(capacity, max_depth) != simdjson::SUCCESS) return false;
  }
  dom::object object;
  if (parser_->parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS) return false;

  RawMembers raw_members(text);
  for (const auto& [name, value] : object) {
    const std::string_view raw = raw_members.next_value();
    JsonField* field = wanted(name);
    if (field == nullptr) continue;
    field->repeated = field->kind != JsonKind::absent;
    field->kind = kind_of(value.type());
    field->raw = raw;
    if (field->kind == JsonKind::string) field->text = std::string_view(value);
    if (value.is_uint64()) field->number = std::uint64_t(value);
  }
  return true;
}

JsonField* JsonObject::wanted(std::string_view name) {
  for (std::size_t place = 0; place < names_.size(); ++place) {
    if (names_[place] == name) return &fields_[place];
  }
  return nullptr;
}

}  // namespace parley::dialects
