#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "media.hpp"
#include "reliable.hpp"

/// What two cores say to each other over their data channel: one JSON object a message.
namespace parley::channel_wire {

/// First on every channel: which stream of messages the sender speaks, and how far it has handled the
/// receiver's. A stream outlives its channel, so that a fresh connection loses and repeats nothing.
struct Hello {
  std::uint32_t stream = 0;
  Sequence first = 1;  ///< the oldest message the sender still keeps: where a newcomer to the stream begins
  std::uint32_t received_stream = 0;  ///< zero: has handled nothing yet
  Sequence received = 0;
  Presence presence;
  bool verifies = false;  ///< knows version 1 of Verify
};
struct PresenceMessage {
  Presence presence;
};
struct Text {
  Sequence sequence = 0;
  std::string topic;
  std::string text;
};
struct Ack {
  Sequence received = 0;
};

enum class VerifyStep { commit, nonce, reveal };
/// One step towards the string that two people compare (docs/verified.md).
struct Verify {
  VerifyStep step = VerifyStep::commit;
  std::string value;  ///< 64 hexadecimal digits, of one who keeps the rules
};

using Message = std::variant<Hello, PresenceMessage, Text, Ack, Verify>;

[[nodiscard]] std::string encode(const Message& message);
/// Nothing where the text is none of these messages.
[[nodiscard]] std::optional<Message> decode(std::string_view text);

}  // namespace parley::channel_wire
