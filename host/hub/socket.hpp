#pragma once

#include <cstdint>

namespace parley::hub {

/// The server's name for one socket; never used twice.
using ConnectionId = std::uint64_t;

/// What a connection is to the hub.
enum class Role : std::uint8_t {
  client,
  gateway,  ///< the host's own media gateway, for one publisher's stream; no client can claim to be it
};

/// How a socket ended.
enum class Parting : std::uint8_t {
  lost,
  goodbye,  ///< the client has closed it with 1001: its page is going away
};

}  // namespace parley::hub
