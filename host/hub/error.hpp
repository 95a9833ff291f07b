#pragma once

#include <cstdint>
#include <string_view>

namespace parley::hub {

/// Why a message was refused. The codes are part of the wire protocol and stable; the sentences are not.
enum class ErrorCode : std::uint8_t {
  not_json,
  no_type,
  unknown_type,
  bad_field,
  not_joined,
  already_joined,
  no_such_peer,
  room_full,
  peer_taken,
  too_many_rooms,
  too_fast,
  not_registered,
  name_taken,
  too_many_users,
  address_full,
  too_many_rings,
  user_offline,
  user_busy,
  own_name,
  no_call,
  nobody_to_stream_to,
  gateway_unavailable,
  gateway_lost,
  transcoded,
  too_many_streams,
  too_many_transcoded,
  disk_full,
  media_failed,
  unsupported_media,
  wrong_certificate,
  not_connected,
  no_media,
  left_out,
};

/// As the wire spells it: "room-full".
[[nodiscard]] std::string_view name_of(ErrorCode code);

}  // namespace parley::hub
