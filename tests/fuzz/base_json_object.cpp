// Any text at all, read as a JSON object: it is taken exactly where another parser takes it, and each field
// is and says what that parser found.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_object.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"

namespace {

using namespace parley;
using parley::fuzz::expect;

/// How deep it is nested.
std::size_t depth_of(const nlohmann::json& json) {
  if (!json.is_structured()) return 0;  // it would be its own only item
  std::size_t deepest = 0;
  for (const auto& each : json.items()) deepest = std::max(deepest, depth_of(each.value()));
  return deepest + 1;
}

void compare(const JsonField& field, const nlohmann::json& expected, std::string_view text) {
  expect(nlohmann::json::parse(field.raw, nullptr, false) == expected, "another value", text);
  expect((field.kind == JsonKind::string) == expected.is_string(), "not the kind it is", text);
  if (expected.is_string()) {
    expect(field.text() == expected.get<std::string>(), "another text", text);
    std::string written;
    append_string(written, field.text());
    expect(nlohmann::json::parse(written) == expected, "written otherwise", text);
  }
  if (field.number()) expect(expected == *field.number(), "another number", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<std::string_view, 3> names{"a", "type", "sdp"};
  const std::string_view text = parley::fuzz::text_of(data, size);
  const bool utf8 = is_utf8(text);
  // To the other parser a NUL is the end of all.
  if (text.find('\0') != std::string_view::npos) return 0;
  // It recurses as deep as the text does.
  if (std::count(text.begin(), text.end(), '[') + std::count(text.begin(), text.end(), '{') > 1'000) return 0;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_discarded()) expect(utf8, "this is UTF-8", text);
  if (!utf8) return 0;

  JsonObject object(names);
  const bool taken = object.read(text);
  expect(taken == (json.is_object() && depth_of(json) <= JsonObject::max_depth), "taken or not", text);
  if (!taken) return 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect((object[i].kind != JsonKind::absent) == json.contains(names.at(i)), "there or not", text);
    // Of two with one name, parsers may keep either.
    if (json.contains(names.at(i)) && !object[i].repeated) compare(object[i], json[names.at(i)], text);
  }
  return 0;
}
