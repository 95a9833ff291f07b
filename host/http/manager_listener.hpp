#pragma once

#include "exchange/exchange.hpp"
#include "http/http.hpp"

namespace parley::http {

/// Whether a request comes from a program on this machine that asks for itself: over loopback, under a name
/// that nobody else can give this machine, from no page and through no proxy.
[[nodiscard]] bool is_local(const HttpRequest& request);

/// What the room manager's listener (--manager) answers. It has no tokens yet, so who may use it is who can
/// reach it: it listens on loopback only, and answers nobody who asks for somebody else.
[[nodiscard]] HttpResponse answer_to_manager(const HttpRequest& request, exchange::Exchange& exchange);

}  // namespace parley::http
