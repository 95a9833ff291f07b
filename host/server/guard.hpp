#pragma once

#include <optional>

#include "exchange/exchange.hpp"
#include "http/http.hpp"
#include "http/routes.hpp"
#include "hub/access.hpp"
#include "net/http_exchange.hpp"
#include "server/hls_paths.hpp"

namespace parley::server {

/// Who may see and do what by plain HTTP. Each says what to answer where somebody may not, and nothing where they may.
class Guard {
 public:
  /// `exchange` outlives it.
  Guard(exchange::Exchange& exchange, hub::Auth auth) : exchange_(exchange), auth_(auth), access_(auth) {}

  /// A playlist or a segment. Whoever shows a token is sent on to a path that says so.
  [[nodiscard]] std::optional<http::HttpResponse> stream(const http::Match& match,
                                                         const http::HttpRequest& request,
                                                         const net::Peer& peer) const;
  /// What is for all that the host lets in.
  [[nodiscard]] std::optional<http::HttpResponse> ask(const http::HttpRequest& request,
                                                      const net::Peer& peer) const;
  /// What is for whoever may administer.
  [[nodiscard]] std::optional<http::HttpResponse> administer(const http::HttpRequest& request,
                                                             const net::Peer& peer) const;

 private:
  exchange::Exchange& exchange_;
  const hub::Auth auth_;
  const hub::Access access_;
  const HlsPaths paths_;
};

}  // namespace parley::server
