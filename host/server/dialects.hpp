#pragma once

#include <string>
#include <string_view>

#include "hub/hub.hpp"

namespace parley::server {

/// What the server must know of a wire protocol; the rest of it is in host/dialects.
struct DialectEntry {
  std::string_view path;  ///< of its WebSocket
  hub::Dialect dialect;
  std::string_view subprotocol;  ///< that a client must offer; empty where there is none
  hub::Message (*decode)(std::string_view text);
  void (*encode)(const hub::Delivery& delivery, std::string& out);
};

/// The protocol that is spoken at this path, or null.
[[nodiscard]] const DialectEntry* dialect_at(std::string_view path);

}  // namespace parley::server
