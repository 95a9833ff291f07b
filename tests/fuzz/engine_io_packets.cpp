// Any bytes at all, as a WebSocket's text and as a POST's body: what is taken as Engine.IO packets is written
// as it came, or as what is read the same again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "engine_io/packet.hpp"
#include "fuzz.hpp"

namespace {

using namespace parley;
using fuzz::expect;

constexpr std::size_t most_packets = 8;

void read_text(std::string_view text) {
  const auto packet = engine_io::decode_text(text);
  if (!packet) return;
  expect(engine_io::encode_text(*packet) == text, "another text", text);
  expect(is_utf8(packet->data), "not UTF-8", text);
}

void read_payload(std::string_view payload) {
  const auto packets = engine_io::decode_payload(payload, most_packets);
  if (!packets) return;
  expect(!packets->empty() && packets->size() <= most_packets, "none, or too many", payload);
  const std::string written = engine_io::encode_payload(*packets);
  expect(engine_io::decode_payload(written, most_packets) == packets, "read otherwise", payload);
}

void write_bytes(std::string_view bytes) {
  expect(base64_decode(base64_encode(bytes)) == bytes, "other bytes", bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  read_text(input);
  read_payload(input);
  write_bytes(input);
  return 0;
}
