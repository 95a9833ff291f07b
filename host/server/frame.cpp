#include "server/frame.hpp"

#include <algorithm>
#include <cstring>

#include "dialects/utf8.hpp"

namespace parley::server {
namespace {

constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t rsv_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t control_bit = 0x08;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;

constexpr std::size_t extended_length_bytes(std::uint8_t short_length) {
  return short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
}

void append_header(std::string& out, Opcode opcode, std::size_t length) {
  out.push_back(static_cast<char>(fin_bit | static_cast<std::uint8_t>(opcode)));
  std::size_t bytes = 0;
  if (length <= max_control_payload) {
    out.push_back(static_cast<char>(length));
  } else {
    bytes = length <= 0xFFFF ? 2 : 8;
    out.push_back(static_cast<char>(bytes == 2 ? 126 : 127));
  }
  while (bytes > 0) out.push_back(static_cast<char>(length >> (8 * --bytes) & 0xFF));
}

/// Writes these bytes unmasked to `to`, which may be where they are or before that. Block by block, as the
/// compiler makes vector instructions of a block.
void unmask(std::span<const std::uint8_t> masked, std::uint8_t* to,
            std::span<const std::uint8_t, mask_bytes> mask) {
  std::array<std::uint8_t, 32> repeated{};
  for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i] = mask[i % mask_bytes];
  while (!masked.empty()) {
    std::array<std::uint8_t, repeated.size()> block{};
    const std::size_t step = std::min(block.size(), masked.size());
    if (step == block.size()) {
      std::memcpy(block.data(), masked.data(), block.size());
      for (std::size_t i = 0; i < block.size(); ++i) block[i] ^= repeated[i];
      std::memcpy(to, block.data(), block.size());
    } else {
      for (std::size_t i = 0; i < step; ++i) to[i] = masked[i] ^ repeated[i];
    }
    masked = masked.subspan(step);
    to += step;
  }
}

using Mask = std::array<std::uint8_t, mask_bytes>;

/// The mask for what follows that many bytes.
Mask rotated(const Mask& mask, std::size_t bytes) {
  Mask next{};
  for (std::size_t i = 0; i < next.size(); ++i) next[i] = mask[(i + bytes) % next.size()];
  return next;
}

/// RFC 6455 section 7.4: the codes that may appear in a close frame.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

void append_text_header(std::string& out, std::size_t length) {
  append_header(out, Opcode::text, length);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  append_header(out, opcode, payload.size());
  out.append(payload);
}

void append_close_frame(std::string& out, CloseReason reason) {
  if (reason.code == close_code::no_status) return append_frame(out, Opcode::close, {});
  std::string payload{static_cast<char>(reason.code >> 8), static_cast<char>(reason.code & 0xFF)};
  payload.append(reason.text.substr(0, max_control_payload - payload.size()));
  append_frame(out, Opcode::close, payload);
}

void detail::settle_header(std::string& out, std::size_t start) {
  std::string header;
  append_header(header, Opcode::text, out.size() - start - usual_header);
  out.replace(start, usual_header, header);
}

CloseReason answer_to_close(std::string_view payload) {
  if (payload.empty()) return {.code = close_code::no_status, .text = {}};
  if (payload.size() == 1)
    return {.code = close_code::protocol_error,
            .text = "a close frame's payload starts with two bytes of code"};
  const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                               static_cast<std::uint8_t>(payload[1]));
  if (!may_be_sent(code))
    return {.code = close_code::protocol_error, .text = "this close code may not be sent"};
  if (!dialects::is_utf8(payload.substr(2)))
    return {.code = close_code::not_utf8, .text = "the reason in a close frame must be UTF-8"};
  return {.code = code, .text = {}};
}

std::size_t FrameGuard::admit(std::span<std::uint8_t> bytes, hub::Instant now) {
  std::size_t at = 0;
  std::size_t kept = 0;
  while (at < bytes.size() && !violation_) {
    if (have_ == 0 && payload_left_ > 0) {
      const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size() - at));
      unmask(bytes.subspan(at, step), bytes.data() + kept, mask_);
      mask_ = rotated(mask_, step);
      payload_left_ -= step;
      kept += step;
      at += step;
      continue;
    }
    const std::uint8_t byte = header_[have_++] = bytes[at++];
    if (have_ == 1) {
      check_start(now);
      if (!violation_) bytes[kept++] = byte;
      continue;
    }
    const std::size_t before_mask = 2 + extended_length_bytes(header_[1] & length_bits);
    if (have_ == before_mask) check_length();
    if (have_ <= before_mask && !violation_)
      bytes[kept++] = have_ == 2 ? static_cast<std::uint8_t>(byte & length_bits) : byte;
    if (have_ == before_mask + mask_bytes) header_is_complete(before_mask);
  }
  return kept;
}

void FrameGuard::check_start(hub::Instant now) {
  if ((header_[0] & rsv_bits) != 0)
    return refuse(close_code::protocol_error, "a reserved bit is set, and no extension was agreed on");
  const bool completes_message = (header_[0] & fin_bit) != 0 && (header_[0] & control_bit) == 0;
  if (!completes_message && !bucket_.take(now))
    return refuse(close_code::policy, "too many pings or fragments: send fewer frames");
  const auto opcode = static_cast<Opcode>(header_[0] & opcode_bits);
  switch (opcode) {
    case Opcode::continuation:
      if (!fragmented_) refuse(close_code::protocol_error, "a continuation without a message to continue");
      return;
    case Opcode::text:
    case Opcode::binary:
      if (fragmented_) refuse(close_code::protocol_error, "a new message inside a fragmented one");
      return;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if ((header_[0] & fin_bit) == 0)
        refuse(close_code::protocol_error, "a control frame may not be fragmented");
      return;
  }
  refuse(close_code::protocol_error, "this opcode is reserved");
}

void FrameGuard::check_length() {
  if ((header_[1] & mask_bit) == 0)
    return refuse(close_code::protocol_error, "a client's frames must be masked");
  const std::uint8_t short_length = header_[1] & length_bits;
  std::uint64_t length = short_length;
  if (const std::size_t extended = extended_length_bytes(short_length); extended > 0) {
    length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8 | header_[2 + i];
    if (length <= (extended == 2 ? max_control_payload : 0xFFFF))
      return refuse(close_code::protocol_error, "a frame's length must be written in the shortest way");
  }
  const bool control = (header_[0] & control_bit) != 0;
  if (control && length > max_control_payload)
    return refuse(close_code::protocol_error, "a control frame holds at most 125 bytes");
  if (!control && length > max_message_bytes_ - message_bytes_)
    return refuse(close_code::too_big, "this message is larger than the host takes");
  payload_left_ = length;
}

void FrameGuard::header_is_complete(std::size_t mask_at) {
  std::copy_n(header_.begin() + mask_at, mask_bytes, mask_.begin());
  have_ = 0;
  if ((header_[0] & control_bit) != 0) return;  // control frames may come between a message's fragments
  fragmented_ = (header_[0] & fin_bit) == 0;
  message_bytes_ = fragmented_ ? message_bytes_ + payload_left_ : 0;
}

}  // namespace parley::server
