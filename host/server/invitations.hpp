#pragma once

#include <chrono>
#include <string_view>

#include "exchange/exchange.hpp"
#include "http/http.hpp"
#include "hub/access.hpp"
#include "net/http_exchange.hpp"
#include "server/epochs.hpp"
#include "server/tokens.hpp"

namespace parley::server {

/// Links that let people into one room. Whoever may moderate there makes and withdraws them:
///
///     POST   /api/v1/rooms/{room}/invitations    {"may":["join"],"seconds":86400}
///     DELETE /api/v1/rooms/{room}/invitations    withdraws all that there are
///
/// A link holds a token in its fragment, which no server and no log gets to see.
class Invitations {
 public:
  static constexpr std::chrono::seconds usual{24 * 3'600};

  /// Both outlive it; without tokens (null), the host asks for none, and a room's address is its invitation.
  Invitations(exchange::Exchange& exchange, Tokens* tokens, hub::Auth auth)
      : exchange_(exchange), tokens_(tokens), access_(auth) {}

  /// `room`: as the path has it.
  [[nodiscard]] http::HttpResponse answer(std::string_view room, const http::HttpRequest& request,
                                          const net::Peer& peer) const;

 private:
  [[nodiscard]] http::HttpResponse make(const std::string& room, const http::HttpRequest& request,
                                        const hub::Pass& by) const;
  [[nodiscard]] http::HttpResponse withdraw(const std::string& room) const;

  exchange::Exchange& exchange_;
  Tokens* const tokens_;
  const hub::Access access_;
};

}  // namespace parley::server
