#pragma once

#include <cstdint>
#include <string_view>

#include "net/answer.hpp"
#include "net/request_head.hpp"

namespace parley::net {

// Of the host as a whole (RFC 9110 section 9.3.7); Civetweb takes no such target.
inline constexpr std::string_view asks_about_host = "OPTIONS * ";
/// The methods that any public path has: see docs/paths.md.
[[nodiscard]] Answer about_host(bool keep_alive);

/// To the same under HTTPS (308: with the same method and body). A Host that is no name leads nowhere.
[[nodiscard]] Answer redirection(const RequestHead& head, std::uint16_t port);

}  // namespace parley::net
