#include "hub/error.hpp"

namespace parley::hub {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_json:
      return "not-json";
    case ErrorCode::no_type:
      return "no-type";
    case ErrorCode::unknown_type:
      return "unknown-type";
    case ErrorCode::bad_field:
      return "bad-field";
    case ErrorCode::not_joined:
      return "not-joined";
    case ErrorCode::already_joined:
      return "already-joined";
    case ErrorCode::no_such_peer:
      return "no-such-peer";
    case ErrorCode::room_full:
      return "room-full";
    case ErrorCode::peer_taken:
      return "peer-taken";
    case ErrorCode::too_many_rooms:
      return "too-many-rooms";
    case ErrorCode::too_fast:
      return "too-fast";
    case ErrorCode::not_registered:
      return "not-registered";
    case ErrorCode::name_taken:
      return "name-taken";
    case ErrorCode::too_many_users:
      return "too-many-users";
    case ErrorCode::address_full:
      return "address-full";
    case ErrorCode::too_many_rings:
      return "too-many-rings";
    case ErrorCode::user_offline:
      return "user-offline";
    case ErrorCode::user_busy:
      return "user-busy";
    case ErrorCode::own_name:
      return "own-name";
    case ErrorCode::no_call:
      return "no-call";
    case ErrorCode::nobody_to_stream_to:
      return "nobody-to-stream-to";
    case ErrorCode::gateway_unavailable:
      return "gateway-unavailable";
    case ErrorCode::gateway_lost:
      return "gateway-lost";
    case ErrorCode::transcoded:
      return "transcoded";
    case ErrorCode::too_many_streams:
      return "too-many-streams";
    case ErrorCode::too_many_transcoded:
      return "too-many-transcoded";
    case ErrorCode::disk_full:
      return "disk-full";
    case ErrorCode::media_failed:
      return "media-failed";
    case ErrorCode::unsupported_media:
      return "unsupported-media";
    case ErrorCode::wrong_certificate:
      return "wrong-certificate";
    case ErrorCode::not_connected:
      return "not-connected";
    case ErrorCode::no_media:
      return "no-media";
    case ErrorCode::left_out:
      return "left-out";
  }
  return "";
}

}  // namespace parley::hub
