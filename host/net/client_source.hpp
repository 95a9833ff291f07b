#pragma once

#include <string>

#include "hub/source.hpp"

namespace parley::net {

/// What counts as one client's address, of a remote address as the system writes it. An IPv6 address counts
/// by its /64, which is what a household gets; one that holds an IPv4 address as that. Local are loopback,
/// link-local and private addresses (RFC 1918, RFC 4193), and what is no address. Who is behind a proxy that is not
/// trusted counts as that proxy.
[[nodiscard]] hub::Source source_of(const std::string& remote_address);

}  // namespace parley::net
