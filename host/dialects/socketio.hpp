#pragma once

#include <string>
#include <string_view>

#include "dialects/room_address.hpp"
#include "hub/command.hpp"
#include "hub/hub.hpp"

/// Rooms over Socket.IO events, as the "P2P WebRTC Technical Guide" has them. What carries the events is
/// host/socket_io. Stateless; nothing throws.
namespace parley::dialects::socketio {

/// What an event says; `args` is a JSON array, and `at.peer` the socket's id. Total: what makes no sense
/// becomes command::Refused.
[[nodiscard]] hub::Message decode(std::string_view name, std::string_view args, const RoomAddress& at);

/// Appends a delivery's event as the recipient is to receive it, a JSON array of its name and its argument;
/// nothing where its document has no words for it.
void encode(const hub::Delivery& delivery, std::string& out);

}  // namespace parley::dialects::socketio
