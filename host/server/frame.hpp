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

namespace parley::server {

/// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The close codes that the server itself sends (RFC 6455 section 7.4.1); the hub has its own.
namespace close_code {
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t not_text = 1003;
inline constexpr std::uint16_t no_status = 1005;
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t try_again_later = 1013;
}  // namespace close_code

/// Why a connection ends: what the close frame says.
struct CloseReason {
  std::uint16_t code = 0;
  std::string_view text;  ///< a literal of at most 123 bytes

  bool operator==(const CloseReason&) const = default;
};

inline constexpr std::size_t max_control_payload = 125;  // RFC 6455 section 5.5
inline constexpr std::size_t mask_bytes = 4;

/// Appends one whole, unmasked frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
/// Appends the header alone, of a text frame whose payload is so long.
void append_text_header(std::string& out, std::size_t length);
void append_close_frame(std::string& out, CloseReason reason);

/// Appends a text frame whose payload `write` appends: no copy, whatever the payload's length turns out to
/// be. Where it appends nothing, there is no frame.
template <class Write>
void append_text_frame(std::string& out, Write&& write);

/// What a client's close frame asks to be answered: its own code, or the error that it is.
[[nodiscard]] CloseReason answer_to_close(std::string_view payload);

/// What a client's frames may be.
struct FrameLimits {
  std::size_t message_bytes = 65'536;
  /// Frames that complete no message: pings, pongs and fragments. Messages are the hub's to count; these cost
  /// the host as much and never reach it. A client pings every few seconds, and a library that fragments does
  /// so by the kilobyte, so these are the hub's own limits for messages.
  double frames_per_second = 200;
  double frame_burst = 1'000;
};

/// Follows the frames in the bytes of one client, unmasks them, and finds the first thing that RFC 6455 or
/// the size limit forbids, before the byte that would complete a frame's length: a frame that is too large is
/// found when it is announced, not when it has arrived. Unmasking is done here because Civetweb does it byte
/// by byte, which for a description of 1 KiB takes longer than parsing it.
class FrameGuard {
 public:
  explicit FrameGuard(const FrameLimits& limits)
      : max_message_bytes_(limits.message_bytes), bucket_(limits.frames_per_second, limits.frame_burst, {}) {}

  /// Leaves at the front what may be read on of these bytes, as unmasked frames, and says how much that is.
  /// Where something is forbidden, violation() says why, and neither that nor anything after it is left.
  [[nodiscard]] std::size_t admit(std::span<std::uint8_t> bytes, hub::Instant now = {});
  [[nodiscard]] const std::optional<CloseReason>& violation() const { return violation_; }

 private:
  void check_start(hub::Instant now);
  void check_length();
  void header_is_complete(std::size_t mask_at);
  void refuse(std::uint16_t code, std::string_view text) { violation_ = CloseReason{code, text}; }

  std::size_t max_message_bytes_;
  hub::TokenBucket bucket_;  // of frames that complete no message
  std::uint64_t payload_left_ = 0;
  std::uint64_t message_bytes_ = 0;  // of the message whose fragments are arriving
  std::array<std::uint8_t, 14> header_{};
  std::array<std::uint8_t, mask_bytes> mask_{};  // its first byte is for the next byte of the payload
  std::uint8_t have_ = 0;
  bool fragmented_ = false;
  std::optional<CloseReason> violation_;
};

namespace detail {
/// The bytes of a frame header with a 16-bit length, which fits most messages.
inline constexpr std::size_t usual_header = 4;
void settle_header(std::string& out, std::size_t start);
}  // namespace detail

template <class Write>
void append_text_frame(std::string& out, Write&& write) {
  const std::size_t start = out.size();
  out.append(detail::usual_header, '\0');
  write(out);
  if (out.size() == start + detail::usual_header) return out.resize(start);
  detail::settle_header(out, start);
}

}  // namespace parley::server
