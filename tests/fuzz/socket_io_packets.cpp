// Any UTF-8 at all, read as a Socket.IO packet: what is taken is written so that it is read the same again,
// its payload is what another parser takes, and an event's name and arguments are what that finds in it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "socket_io/packet.hpp"

namespace {

using namespace parley;
using fuzz::expect;
using nlohmann::json;
using socket_io::PacketType;

bool is_event(PacketType type) {
  return type == PacketType::event || type == PacketType::binary_event;
}

void compare(const socket_io::Packet& one, const socket_io::Packet& other, std::string_view text) {
  expect(one.type == other.type && one.attachments == other.attachments && one.nsp == other.nsp &&
             one.id == other.id && one.payload == other.payload,
         "read otherwise", text);
}

void compare_event(const socket_io::ReceivedPacket& event, json payload, std::string_view text) {
  const json name = payload.front();
  expect(name.is_number() || name == event.name, "another name", text);
  payload.erase(payload.begin());
  expect(json::parse(event.payload, nullptr, false) == payload, "other arguments", text);
  if (name.is_number()) return;
  const auto again = socket_io::read_call(encode(socket_io::Call{.name = event.name, .args = event.payload}));
  expect(again && again->name == event.name && json::parse(again->args) == payload, "written otherwise",
         text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  // To the other parser a NUL is the end of all, and it recurses as deep as the text does.
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return 0;
  if (std::count(text.begin(), text.end(), '[') + std::count(text.begin(), text.end(), '{') > 1'000) return 0;

  const auto packet = socket_io::decode(text);
  const auto received = socket_io::read(std::string(text));
  expect(packet || !received, "read, and not taken", text);
  if (!packet) return 0;
  const std::string written = encode(*packet);
  const auto again = socket_io::decode(written);
  expect(again.has_value(), "not taken again", text);
  compare(*packet, *again, text);
  const json payload = json::parse(packet->payload, nullptr, false);
  expect(packet->payload.empty() || !payload.is_discarded(), "not JSON", text);

  if (!received) return 0;
  expect(received->type == packet->type && received->nsp == packet->nsp && received->id == packet->id,
         "another packet", text);
  if (is_event(packet->type)) {
    compare_event(*received, payload, text);
  } else {
    expect(received->payload == packet->payload, "another payload", text);
  }
  return 0;
}
