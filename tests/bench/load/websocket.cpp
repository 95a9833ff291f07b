#include "websocket.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace parley::bench {
namespace {

constexpr unsigned fin_bit = 0x80;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned sixteen_bits = 126;
constexpr unsigned sixty_four_bits = 127;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

/// Eight bytes at a time: the generator shares the machine's processors with what it measures.
void mask_in_place(char* bytes, std::size_t size, std::uint32_t mask) {
  const std::uint64_t wide = (static_cast<std::uint64_t>(mask) << 32) | mask;
  std::size_t at = 0;
  for (; at + sizeof wide <= size; at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    word ^= wide;
    std::memcpy(bytes + at, &word, sizeof word);
  }
  for (std::array<char, sizeof mask> key{}; at < size; ++at) {
    std::memcpy(key.data(), &mask, sizeof mask);
    bytes[at] = static_cast<char>(bytes[at] ^ key[at % sizeof mask]);
  }
}

}  // namespace

std::string upgrade_request(std::string_view path, std::string_view subprotocol) {
  std::string request = "GET " + std::string(path) +
                        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  if (!subprotocol.empty()) request += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  return request + "\r\n";
}

std::size_t upgrade_response(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  if (!bytes.starts_with("HTTP/1.1 101")) {
    throw std::runtime_error("the server did not upgrade: " + std::string(bytes.substr(0, bytes.find('\r'))));
  }
  return end + 4;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask) {
  append_big_endian(out, fin_bit | static_cast<unsigned>(opcode), 1);
  if (payload.size() < sixteen_bits) {
    append_big_endian(out, mask_bit | payload.size(), 1);
  } else if (payload.size() <= UINT16_MAX) {
    append_big_endian(out, mask_bit | sixteen_bits, 1);
    append_big_endian(out, payload.size(), 2);
  } else {
    append_big_endian(out, mask_bit | sixty_four_bits, 1);
    append_big_endian(out, payload.size(), 8);
  }
  // The key goes out as it lies in memory, which is how mask_in_place() applies it.
  std::array<char, sizeof mask> key{};
  std::memcpy(key.data(), &mask, sizeof mask);
  out.append(key.data(), key.size());
  const std::size_t start = out.size();
  out.append(payload);
  mask_in_place(out.data() + start, payload.size(), mask);
}

std::optional<FrameHead> frame_head(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const unsigned first = static_cast<unsigned char>(bytes[0]);
  const unsigned length = static_cast<unsigned char>(bytes[1]);
  if ((first & fin_bit) == 0 || (length & mask_bit) != 0) {
    throw std::runtime_error("the server sent a fragment or a masked frame");
  }
  std::size_t header = 2;
  std::uint64_t size = length;
  if (length >= sixteen_bits) {
    const std::size_t width = length == sixteen_bits ? 2 : 8;
    if (bytes.size() < header + width) return std::nullopt;
    size = read_big_endian(bytes.substr(header, width));
    header += width;
  }
  return FrameHead{.opcode = static_cast<Opcode>(first & 0x0FU),
                   .size = header,
                   .payload = static_cast<std::size_t>(size)};
}

std::optional<Frame> first_frame(std::string_view bytes) {
  const auto head = frame_head(bytes);
  if (!head || bytes.size() - head->size < head->payload) return std::nullopt;
  return Frame{.opcode = head->opcode,
               .payload = bytes.substr(head->size, head->payload),
               .size = head->size + head->payload};
}

}  // namespace parley::bench
