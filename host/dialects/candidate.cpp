#include "dialects/candidate.hpp"

#include <array>

#include "base/json_object.hpp"

namespace parley::dialects {
namespace {

enum Field : std::size_t { text, mid, line };

constexpr std::array<std::string_view, 3> names{"candidate", "sdpMid", "sdpMLineIndex"};

}  // namespace

PooledString on_a_line(std::string_view candidate) {
  JsonObject object(names);
  const bool read = object.read(candidate);
  const auto says = [&](Field field) { return object[field].kind > JsonKind::null; };
  // The end of the candidates belongs to no line.
  const bool ends = object[text].kind != JsonKind::string || object[text].text().empty();
  if (!read || ends || says(mid) || says(line)) return PooledString(candidate);
  if (object[line].kind == JsonKind::absent) {
    candidate.remove_suffix(1);
    return PooledString(candidate).append(R"(,"sdpMLineIndex":0})");
  }
  const std::string_view null = object[line].raw;
  const auto before = static_cast<std::size_t>(null.data() - candidate.data());
  return PooledString(candidate.substr(0, before)).append("0").append(candidate.substr(before + null.size()));
}

}  // namespace parley::dialects
