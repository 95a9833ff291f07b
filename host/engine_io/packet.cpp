#include "engine_io/packet.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/utf8.hpp"

namespace parley::engine_io {
namespace {

constexpr char separator = '\x1e';
constexpr char binary_mark = 'b';

char digit_of(PacketType type) {
  return static_cast<char>('0' + static_cast<char>(type));
}

std::optional<Packet> decode_binary(std::string_view base64) {
  auto bytes = base64_decode(base64);
  if (!bytes) return std::nullopt;
  return Packet{.binary = true, .data = std::move(*bytes)};
}

}  // namespace

std::string encode_text(const Packet& packet) {
  std::string text;
  text.reserve(packet.data.size() + 1);
  return text.append(1, digit_of(packet.type)).append(packet.data);
}

std::optional<Packet> decode_text(std::string_view text) {
  if (text.empty() || text.front() < digit_of(PacketType::open) || text.front() > digit_of(PacketType::noop))
    return std::nullopt;
  const auto type = static_cast<PacketType>(text.front() - '0');
  text.remove_prefix(1);
  if (!is_utf8(text)) return std::nullopt;
  return Packet{.type = type, .data = std::string(text)};
}

std::string encode_payload(std::span<const Packet> packets) {
  std::string payload;
  for (const Packet& packet : packets) {
    if (!payload.empty()) payload += separator;
    if (packet.binary)
      payload.append(1, binary_mark).append(base64_encode(packet.data));
    else
      payload.append(1, digit_of(packet.type)).append(packet.data);
  }
  return payload;
}

std::optional<std::vector<Packet>> decode_payload(std::string_view payload, std::size_t most) {
  std::vector<Packet> packets;
  for (bool more = true; more;) {
    const std::size_t end = std::min(payload.find(separator), payload.size());
    const std::string_view text = payload.substr(0, end);
    auto packet = text.starts_with(binary_mark) ? decode_binary(text.substr(1)) : decode_text(text);
    if (!packet || packets.size() == most) return std::nullopt;
    packets.push_back(std::move(*packet));
    more = end < payload.size();
    payload.remove_prefix(more ? end + 1 : end);
  }
  return packets;
}

}  // namespace parley::engine_io
