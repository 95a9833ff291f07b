#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::net {

/// What a proxy that relays bytes says before them: whose they are (the PROXY protocol, versions 1 and 2).
struct ProxyHeader {
  enum class State : std::uint8_t {
    none,        ///< the bytes begin with something else
    incomplete,  ///< more are needed to know
    malformed,
    complete,
  };

  State state = State::none;
  std::size_t bytes = 0;  ///< of the header; what follows is the client's
  /// The client's, numeric; empty where the proxy speaks for itself, or knows no address.
  std::string address{};
  bool tls = false;  ///< the proxy has taken TLS off (PP2_TYPE_SSL)
};

/// With what version 2 may carry besides, no proxy writes more.
inline constexpr std::size_t max_proxy_header_bytes = 2'048;

/// Reads the one that a connection's first bytes are, if they are one.
[[nodiscard]] ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace parley::net
