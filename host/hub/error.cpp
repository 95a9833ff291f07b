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
  }
  return "";
}

}  // namespace parley::hub
