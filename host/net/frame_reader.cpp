#include "net/frame_reader.hpp"

#include <algorithm>
#include <cstring>

namespace parley::net {
namespace {

constexpr std::uint8_t rsv_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t control_bit = 0x08;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;

constexpr std::size_t extended_length_bytes(std::uint8_t short_length) {
  return short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
}

using Mask = std::array<std::uint8_t, mask_bytes>;

/// Block by block, as the compiler makes vector instructions of a block.
void unmask(std::span<std::uint8_t> bytes, const Mask& mask) {
  std::array<std::uint8_t, 32> repeated{};
  for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i] = mask[i % mask_bytes];
  while (bytes.size() >= repeated.size()) {
    std::array<std::uint8_t, repeated.size()> block{};
    std::memcpy(block.data(), bytes.data(), block.size());
    for (std::size_t i = 0; i < block.size(); ++i) block[i] ^= repeated[i];
    std::memcpy(bytes.data(), block.data(), block.size());
    bytes = bytes.subspan(block.size());
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= repeated[i];
}

/// The mask for what follows that many bytes.
Mask rotated(const Mask& mask, std::size_t bytes) {
  Mask next{};
  for (std::size_t i = 0; i < next.size(); ++i) next[i] = mask[(i + bytes) % next.size()];
  return next;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool FrameReader::is_control() const {
  return (header_[0] & control_bit) != 0;
}

bool FrameReader::is_final() const {
  return (header_[0] & fin_bit) != 0;
}

Opcode FrameReader::opcode() const {
  return static_cast<Opcode>(header_[0] & opcode_bits);
}

std::optional<FrameReader::Message> FrameReader::next(std::span<std::uint8_t>& bytes, hub::Instant now) {
  if (delivered_ != nullptr) std::string().swap(*delivered_);  // an idle connection keeps no memory
  delivered_ = nullptr;
  while (!violation_) {
    if (!in_payload_) read_header(bytes, now);
    if (!in_payload_ || violation_) return std::nullopt;
    if (auto message = read_payload(bytes)) return message;
    if (in_payload_) return std::nullopt;
  }
  return std::nullopt;
}

void FrameReader::read_header(std::span<std::uint8_t>& bytes, hub::Instant now) {
  while (!bytes.empty() && !violation_ && !in_payload_) {
    header_[have_++] = bytes.front();
    bytes = bytes.subspan(1);
    if (have_ == 1) {
      check_start(now);
      continue;
    }
    const std::size_t before_mask = 2 + extended_length_bytes(header_[1] & length_bits);
    if (have_ == before_mask) check_length();
    if (have_ == before_mask + mask_bytes) header_is_complete(before_mask);
  }
}

std::optional<FrameReader::Message> FrameReader::read_payload(std::span<std::uint8_t>& bytes) {
  const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
  const auto piece = bytes.first(step);
  bytes = bytes.subspan(step);
  unmask(piece, mask_);
  payload_left_ -= step;
  std::string& before = is_control() ? control_ : message_;
  if (payload_left_ == 0 && is_final() && before.empty()) {  // the usual case: nothing is copied
    in_payload_ = false;
    if (!is_control()) fragmented_ = false;
    return Message{.opcode = is_control() ? opcode() : kind_, .payload = text_of(piece)};
  }
  before.append(text_of(piece));
  if (payload_left_ == 0) return finish_frame();
  mask_ = rotated(mask_, step);
  return std::nullopt;
}

std::optional<FrameReader::Message> FrameReader::finish_frame() {
  in_payload_ = false;
  if (!is_control()) fragmented_ = !is_final();
  if (!is_final()) return std::nullopt;
  delivered_ = is_control() ? &control_ : &message_;
  return Message{.opcode = is_control() ? opcode() : kind_, .payload = *delivered_};
}

void FrameReader::check_start(hub::Instant now) {
  if ((header_[0] & rsv_bits) != 0)
    return refuse(close_code::protocol_error, "a reserved bit is set, and no extension was agreed on");
  const bool completes_message = is_final() && !is_control();
  if (!completes_message && !bucket_.take(now))
    return refuse(close_code::policy, "too many pings or fragments: send fewer frames", "frames-per-second");
  switch (opcode()) {
    case Opcode::continuation:
      if (!fragmented_) refuse(close_code::protocol_error, "a continuation without a message to continue");
      return;
    case Opcode::text:
    case Opcode::binary:
      if (fragmented_) return refuse(close_code::protocol_error, "a new message inside a fragmented one");
      kind_ = opcode();
      message_bytes_ = 0;
      return;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!is_final()) refuse(close_code::protocol_error, "a control frame may not be fragmented");
      return;
  }
  refuse(close_code::protocol_error, "this opcode is reserved");
}

void FrameReader::check_length() {
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
  if (is_control() && length > max_control_payload)
    return refuse(close_code::protocol_error, "a control frame holds at most 125 bytes");
  if (!is_control() && length > max_message_bytes_ - message_bytes_)
    return refuse(close_code::too_big, "this message is larger than the host takes", "message-bytes");
  payload_left_ = length;
}

void FrameReader::header_is_complete(std::size_t mask_at) {
  std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(mask_at), mask_bytes, mask_.begin());
  have_ = 0;
  in_payload_ = true;
  if (!is_control()) message_bytes_ += payload_left_;
}

}  // namespace parley::net
