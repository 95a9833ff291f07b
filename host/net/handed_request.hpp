#pragma once

#include <string>

#include "net/request_head.hpp"

namespace parley::net {

/// The head as Civetweb gets it, without its end: one connection a request, and a body whose length is known.
[[nodiscard]] std::string head_for_civetweb(const RequestHead& head);

/// Whether somebody has passed this request on, or says so.
[[nodiscard]] bool is_forwarded(const RequestHead& head);

}  // namespace parley::net
