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
  gateway_crashed,
  memory_full,
  not_connected,
  no_media,
  left_out,

  // Of rooms with rules.
  no_such_room,     ///< nobody but moderators makes rooms here
  room_locked,      ///< nobody else comes in
  not_admitted,     ///< a moderator has refused
  removed,          ///< a moderator has removed this one
  room_ended,       ///< for everybody
  not_moderator,    ///< who asks for this must moderate
  cannot_be_asked,  ///< its client takes no wishes

  // Of tokens.
  token_required,       ///< whoever comes here needs one
  token_malformed,      ///< it is no JSON Web Token
  token_algorithm,      ///< it is unsigned, or signed in a way that is not taken here
  token_critical,       ///< it has an extension that must be understood, and is not
  token_signature,      ///< no key that is known here has signed it
  token_claims,         ///< it is signed, and something in it has the wrong form
  token_expired,        ///< its time is over
  token_not_yet_valid,  ///< its time has not begun
  token_issuer,         ///< it is somebody else's
  token_audience,       ///< it is for somebody else
  token_revoked,        ///< it is an invitation that was withdrawn
  token_room,           ///< it is for other rooms, or numbers
  token_right,          ///< it does not allow this
  token_name,           ///< it is for another name
  token_identity,       ///< what it is shown for is somebody else's
};

/// As the wire spells it: "room-full".
[[nodiscard]] std::string_view name_of(ErrorCode code);

}  // namespace parley::hub
