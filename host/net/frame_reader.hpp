#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hub/time.hpp"
#include "hub/token_bucket.hpp"
#include "net/frame.hpp"

namespace parley::net {

/// What a client's frames may be.
struct FrameLimits {
  /// Of a message, its fragments together. Twice what the largest description needs.
  std::size_t message_bytes = 65'536;
  /// Frames that complete no message: pings, pongs and fragments. Messages are the hub's to count; these cost
  /// the host as much and never reach it. A client pings every few seconds, and a library that fragments does
  /// so by the kilobyte, so these are the hub's own limits for messages.
  double frames_per_second = 200;
  double frame_burst = 1'000;
};

/// Makes messages of one client's bytes (RFC 6455 section 5): checks each frame, unmasks it, and puts
/// fragments together. It finds the first thing that RFC 6455 or a limit forbids as early as that can be
/// known: a frame that is too large when it is announced, not when it has arrived.
class FrameReader {
 public:
  explicit FrameReader(const FrameLimits& limits)
      : max_message_bytes_(limits.message_bytes), bucket_(limits.frames_per_second, limits.frame_burst, {}) {}

  /// A whole message (text or binary), or a control frame.
  struct Message {
    Opcode opcode;
    std::string_view payload;  ///< valid until the next call, and as long as the bytes that it came from
  };

  /// Reads on from the front of `bytes`, which it unmasks where they are, and cuts off what it has read.
  /// Nothing where they hold no end of a message: then they are all read, or violation() says what is wrong.
  [[nodiscard]] std::optional<Message> next(std::span<std::uint8_t>& bytes, hub::Instant now);
  /// What has come of a message, or of a control frame, that is not whole yet.
  [[nodiscard]] std::size_t held_bytes() const { return message_.size() + control_.size(); }
  /// After a violation nothing more is read.
  [[nodiscard]] const std::optional<CloseReason>& violation() const { return violation_; }

 private:
  void read_header(std::span<std::uint8_t>& bytes, hub::Instant now);
  [[nodiscard]] std::optional<Message> read_payload(std::span<std::uint8_t>& bytes);
  [[nodiscard]] std::optional<Message> finish_frame();
  void check_start(hub::Instant now);
  void check_length();
  void header_is_complete(std::size_t mask_at);
  void refuse(std::uint16_t code, std::string_view text, std::string_view limit = {}) {
    violation_ = CloseReason{.code = code, .text = text, .limit = limit};
  }
  [[nodiscard]] bool is_control() const;
  [[nodiscard]] bool is_final() const;
  [[nodiscard]] Opcode opcode() const;

  const std::size_t max_message_bytes_;
  hub::TokenBucket bucket_;  // of frames that complete no message
  std::uint64_t payload_left_ = 0;
  std::uint64_t message_bytes_ = 0;   // of the fragments so far, this frame's included
  std::string message_;               // what came before the bytes at hand
  std::string control_;               // the same of a control frame, which may come between fragments
  std::string* delivered_ = nullptr;  // the one of these that was handed out
  std::array<std::uint8_t, 14> header_{};
  std::array<std::uint8_t, mask_bytes> mask_{};  // its first byte is for the next byte of the payload
  std::uint8_t have_ = 0;                        // of the header
  bool in_payload_ = false;
  bool fragmented_ = false;  // a message has begun and its last fragment has not
  Opcode kind_ = Opcode::text;
  std::optional<CloseReason> violation_;
};

}  // namespace parley::net
