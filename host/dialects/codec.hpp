#pragma once

#include <string>
#include <string_view>

#include "dialects/room_address.hpp"
#include "hub/hub.hpp"

namespace parley::dialects {

/// A wire protocol, as whoever carries its messages sees it.
struct Codec {
  hub::Dialect dialect = hub::Dialect::parley;
  std::string_view subprotocol{};  ///< that a client must offer; empty where there is none
  /// Null where decoding needs more than the text.
  hub::Message (*decode)(std::string_view text, const RoomAddress& at) = nullptr;
  /// May append nothing: then nothing is sent.
  void (*encode)(const hub::Delivery& delivery, std::string& out) = nullptr;
  /// The text of an event that is the whole of something and the same for all whom it is for; null for
  /// others.
  const std::string* (*shared_text)(const hub::Delivery& delivery) = nullptr;
  /// What connecting asks for, where that is anything.
  hub::Message (*open)(const RoomAddress& at) = nullptr;
  /// Its clients are silent while nothing happens, so the host asks whether they are there.
  bool needs_pings = true;
};

}  // namespace parley::dialects
