#pragma once

#include <cstdint>
#include <string>

#include "engine_io/output.hpp"

namespace parley::engine_io {

/// Why a request is not served. The numbers and sentences are the reference server's, which clients know.
enum class Refusal : std::uint8_t {
  unknown_transport = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  no_room = 4,  ///< "forbidden" there; here the one reason to refuse a proper handshake
  unsupported_version = 5,
};

/// 400; for no_room 503.
[[nodiscard]] int status_of(Refusal refusal);
/// {"code":1,"message":"Session ID unknown"}
[[nodiscard]] std::string body_of(Refusal refusal);
[[nodiscard]] output::Answer answer_of(RequestId request, Refusal refusal);

}  // namespace parley::engine_io
