#pragma once

#include <string_view>

namespace parley::net {

/// Whether this numeric address is this machine's own: 127.0.0.0/8, ::1, or the former inside IPv6.
[[nodiscard]] bool is_loopback(std::string_view address);

/// Whether a Host header names this machine: a loopback address, in brackets where it is IPv6, or exactly
/// `localhost`; with or without a port. No other name does, wherever it leads: a page whose name leads here
/// (DNS rebinding) would be taken for this machine.
[[nodiscard]] bool names_loopback(std::string_view host);

}  // namespace parley::net
