#pragma once

#include <optional>
#include <string_view>

#include "exchange/exchange.hpp"
#include "http/http.hpp"
#include "http/routes.hpp"
#include "net/http_exchange.hpp"
#include "users/accounts.hpp"

namespace parley::server {

/// Accounts by HTTP, in JSON; docs/accounts.md describes it:
///
///     GET    /api/v1/accounts                who may make one
///     POST   /api/v1/accounts                {"name":…,"password":…} makes one, and signs in
///     POST   /api/v1/accounts/session        {"name":…,"password":…} signs in
///     PUT    /api/v1/accounts/session        signs in for longer
///     DELETE /api/v1/accounts/session        signs out everywhere
///     GET    /api/v1/accounts/me             whose it is, and the last calls
///     DELETE /api/v1/accounts/me             {"password":…}
///     PUT    /api/v1/accounts/me/password    {"password":…,"newPassword":…}
///     POST   /api/v1/accounts/me/missed      {"to":…} leaves a missed call
///
/// A sign-in is a token; all but the first three want one.
class AccountApi {
 public:
  /// Both outlive it; without accounts (null) there are none here.
  AccountApi(exchange::Exchange& exchange, users::Accounts* accounts)
      : exchange_(exchange), accounts_(accounts) {}

  [[nodiscard]] static bool answers(http::Endpoint endpoint);
  /// To an endpoint that it answers.
  [[nodiscard]] http::HttpResponse answer(http::Endpoint endpoint, const http::HttpRequest& request,
                                          const net::Peer& peer) const;

 private:
  [[nodiscard]] http::HttpResponse enroll(const http::HttpRequest& request, const net::Peer& peer) const;
  [[nodiscard]] http::HttpResponse sign_in(const http::HttpRequest& request, const net::Peer& peer) const;
  [[nodiscard]] http::HttpResponse renew(const users::SignIn& by) const;
  [[nodiscard]] http::HttpResponse sign_out(const users::SignIn& by) const;
  [[nodiscard]] http::HttpResponse show(const users::SignIn& by) const;
  [[nodiscard]] http::HttpResponse remove(const users::SignIn& by, const http::HttpRequest& request,
                                          const net::Peer& peer) const;
  [[nodiscard]] http::HttpResponse change_password(const users::SignIn& by, const http::HttpRequest& request,
                                                   const net::Peer& peer) const;
  [[nodiscard]] http::HttpResponse leave_missed(const users::SignIn& by,
                                                const http::HttpRequest& request) const;
  [[nodiscard]] http::HttpResponse session_of(int status, const users::Account& account) const;
  /// Nothing where whoever asks may make an account.
  [[nodiscard]] std::optional<http::HttpResponse> refuse_newcomer(const http::HttpRequest& request,
                                                                  const net::Peer& peer) const;

  exchange::Exchange& exchange_;
  users::Accounts* const accounts_;
};

}  // namespace parley::server
