#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/place.hpp"
#include "hub/hub.hpp"

namespace parley::server {

/// What the server must know of a wire protocol; the rest of it is in host/dialects.
struct DialectEntry {
  hub::Dialect dialect = hub::Dialect::parley;
  std::string_view subprotocol{};  ///< that a client must offer; empty where there is none
  /// What an address says, if it is one of this protocol's.
  std::optional<dialects::Place> (*place_at)(std::string_view path, std::string_view query) = nullptr;
  hub::Message (*decode)(std::string_view text, const dialects::Place& place) = nullptr;
  /// May append nothing: then nothing is sent.
  void (*encode)(const hub::Delivery& delivery, std::string& out) = nullptr;
  /// The text of an event that is the whole of something and the same for all whom it is for; null for
  /// others.
  const std::string* (*shared_text)(const hub::Delivery& delivery) = nullptr;
  /// What connecting asks for, where that is anything.
  hub::Message (*open)(const dialects::Place& place) = nullptr;
  /// Its clients are silent while nothing happens, so the host asks whether they are there.
  bool needs_pings = true;
};

struct DialectAt {
  const DialectEntry* entry = nullptr;
  dialects::Place place{};
};

/// The protocol that is spoken at this address; without an entry where there is none.
[[nodiscard]] DialectAt dialect_at(std::string_view path, std::string_view query);

}  // namespace parley::server
