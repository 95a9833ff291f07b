#include "socket_io/placeholders.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace parley::socket_io {
namespace {

using nlohmann::json;

bool fits(const json& value, std::size_t attachments) {
  if (value.is_object()) {
    if (const auto mark = value.find("_placeholder"); mark != value.end() && *mark == true) {
      const auto number = value.find("num");
      return number != value.end() && number->is_number_unsigned() &&
             number->get<std::size_t>() < attachments;
    }
  }
  // As deep as decode() lets it be.
  return !value.is_structured() ||
         std::ranges::all_of(value, [&](const json& each) { return fits(each, attachments); });
}

}  // namespace

bool placeholders_fit(std::string_view text, std::size_t attachments) {
  const json value = json::parse(text, nullptr, false);
  return !value.is_discarded() && fits(value, attachments);
}

}  // namespace parley::socket_io
