#pragma once

#include <string>
#include <string_view>

#include "dialects/room_address.hpp"
#include "hub/command.hpp"
#include "hub/hub.hpp"

/// Calls by name: register, see who is online, ring, at `/`. Stateless; nothing throws.
namespace parley::dialects::calls {

/// What one text message says. Total: what makes no sense becomes command::Refused or command::NotUtf8.
[[nodiscard]] hub::Message decode(std::string_view text, const RoomAddress& at);

/// Appends the event of a delivery as the recipient is to receive it; nothing, where its document has no
/// words for it.
void encode(const hub::Delivery& delivery, std::string& out);

/// The list of who is online, which is written once, however many it is for; null for all other events. It
/// lives as long as its event.
[[nodiscard]] const std::string* shared_text(const hub::Delivery& delivery);

}  // namespace parley::dialects::calls
