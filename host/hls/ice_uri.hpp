#pragma once

#include <string>
#include <string_view>

namespace parley::hls {

/// A STUN or TURN URI (RFC 7064, RFC 7065) as webrtcbin writes it, with the credentials in it and two
/// slashes: `turn://user:secret@host:port`.
[[nodiscard]] std::string ice_uri(std::string_view url, std::string_view username,
                                  std::string_view credential);

}  // namespace parley::hls
