#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "hub/command.hpp"
#include "hub/hub.hpp"

/// The native protocol; parley-v1.md is its reference. Stateless and safe to use from any thread; nothing
/// throws.
namespace parley::dialects::parley_v1 {

/// The WebSocket subprotocol's name.
inline constexpr std::string_view subprotocol = "parley.v1";

/// What one text message says. Total: what makes no sense becomes command::Refused, what is not UTF-8
/// command::NotUtf8, and the hub answers both; so a server need not look at the text at all.
[[nodiscard]] hub::Message decode(std::string_view text);

/// Appends the event of a delivery (which must have one) as the recipient is to receive it.
void encode(const hub::Delivery& delivery, std::string& out);

/// What a message `moderate` asks for, of an application that asks by other means; `type` is not looked at. The error
/// is a sentence.
[[nodiscard]] Result<hub::command::Moderate, std::string> decode_moderate(std::string_view text);

}  // namespace parley::dialects::parley_v1
