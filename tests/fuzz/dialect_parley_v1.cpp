// Three clients that say anything at all to a hub. Whatever they say, nothing crashes, and what any of them
// is sent is well-formed JSON from somebody who is in the room, under their own id.

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "dialects/parley_v1.hpp"
#include "fuzz.hpp"
#include "hub/hub.hpp"

namespace {

using namespace parley;
using fuzz::fail;

/// Another parser's opinion of what goes out.
void inspect(const hub::Delivery& delivery) {
  if (!delivery.event) return;
  std::string text;
  dialects::parley_v1::encode(delivery, text);
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) fail("not a JSON object", text);
  if (const auto* signal = std::get_if<hub::event::Signal>(&delivery.event->body)) {
    if (json["type"] != "signal" || json["from"] != signal->from) fail("not from its sender", text);
    const bool description = signal->kind != hub::command::SignalKind::candidate;
    const std::size_t fields = 4 + (delivery.seq != 0 ? 1U : 0U) + (signal->link.empty() ? 0U : 1U);
    if (json.size() != fields) fail("something was smuggled into the envelope", text);
    if (!json[description ? "description" : "candidate"].is_object()) fail("not an object", text);
  }
}

class Room {
 public:
  Room() {
    for (hub::ConnectionId id = 0; id < sockets_.size(); ++id) open(id);
  }

  /// The first byte of a line says which client it is from (in its low bits) and what happens.
  void perform(std::string_view line) {
    const auto what = static_cast<unsigned char>(line.front());
    const std::size_t client = what % sockets_.size();
    hub::Outcome out;
    if (what >= 0xc0) {
      hub_.disconnected(sockets_.at(client), now_, out);
      open(client);
    } else if (what >= 0x80) {
      now_ += std::chrono::seconds(what - 0x80U);
      hub_.expire(now_, out);
    } else {
      hub_.handle(sockets_.at(client), dialects::parley_v1::decode(line.substr(1)), now_, out);
    }
    for (const hub::Delivery& delivery : out.deliveries) inspect(delivery);
  }

 private:
  void open(std::size_t client) {
    sockets_.at(client) = ++last_;
    hub_.connected(last_, hub::Dialect::parley, now_);
    hub::Outcome out;
    hub_.handle(
        last_,
        dialects::parley_v1::decode(R"({"type":"join","room":"r","secret":"x)" + std::to_string(client) +
                                    R"(","peer":")" + std::to_string(client) + "\"}"),
        now_, out);
  }

  hub::Instant now_{std::chrono::hours(1)};
  hub::Hub hub_{hub::Config{.limits = {.replay_messages = 4}}};
  std::array<hub::ConnectionId, 3> sockets_{};
  hub::ConnectionId last_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::perform_lines(fuzz::text_of(data, size), Room());
  return 0;
}
