#pragma once

#include <string>
#include <string_view>

#include "dialects/room_address.hpp"
#include "hub/command.hpp"
#include "hub/hub.hpp"

/// A device that streams, by its SIM number: `/{sim}`. Stateless; nothing throws.
namespace parley::dialects::sim {

/// What one text message says. Total: what makes no sense becomes command::Refused or command::NotUtf8.
[[nodiscard]] hub::Message decode(std::string_view text, const RoomAddress& at);

/// Appends the event of a delivery as the recipient is to receive it; nothing, where its document has no
/// words for it.
void encode(const hub::Delivery& delivery, std::string& out);

}  // namespace parley::dialects::sim
