// Any text at all, as the bodies of WHIP's requests: whatever is taken of it is well-formed JSON that says
// the same.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "dialects/whip.hpp"
#include "fuzz.hpp"

namespace {

using namespace parley;
using fuzz::expect;

/// What a message carries.
nlohmann::json carried(const hub::Message& message, std::string_view text) {
  const auto json =
      nlohmann::json::parse(std::get<hub::command::Signal>(message.command).payload, nullptr, false);
  expect(json.is_object(), "not an object", text);
  return json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (const auto offer = dialects::whip::read_offer(text, {.room = "12345", .peer = "12345"}))
    expect(carried(*offer, text).at("sdp") == text, "another offer", text);
  if (const auto fragment = dialects::whip::read_fragment(text)) {
    for (const hub::Message& message : fragment->candidates) {
      const auto candidate = carried(message, text).at("candidate").get<std::string>();
      expect(text.find(candidate) != std::string_view::npos, "another candidate", text);
    }
    static_cast<void>(dialects::whip::has_ufrag(text, fragment->ufrag));
  }
  const hub::event::Signal signal{
      .from = "gateway", .kind = hub::command::SignalKind::answer, .payload = PooledString(text)};
  static_cast<void>(dialects::whip::answer_in(signal));
  return 0;
}
