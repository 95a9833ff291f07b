#pragma once

#include <string_view>

#include "dialects/codec.hpp"
#include "dialects/room_address.hpp"

namespace parley::server {

struct DialectAt {
  const dialects::Codec* codec = nullptr;
  dialects::RoomAddress room_address{};
};

/// The protocol that is spoken at this address; without a codec where there is none.
[[nodiscard]] DialectAt dialect_at(std::string_view path, std::string_view query);

}  // namespace parley::server
