#include "server/guard.hpp"

#include <chrono>
#include <string>

#include "http/bearer.hpp"
#include "http/hls_files.hpp"

namespace parley::server {
namespace {

std::optional<http::HttpResponse> refused(const hub::Done& done) {
  return done ? std::nullopt : std::optional(http::refuse_token(done.error()));
}

http::HttpResponse send_on(std::string path) {
  auto response = http::text_response(307, http::plain_text, "See " + path + '\n');
  response.headers.emplace_back("Location", std::move(path));
  return response;
}

}  // namespace

std::optional<http::HttpResponse> Guard::stream(const http::Match& match, const http::HttpRequest& request,
                                                const net::Peer& peer) const {
  const http::StreamFile wanted = http::stream_file(match);
  const bool is_private = auth_ == hub::Auth::rooms && exchange_.ask([&](const hub::Hub& hub) {
    return hub.rules_of(wanted.sim).is_private;
  });
  if (request.method == "OPTIONS" || !access_.asks(is_private)) return std::nullopt;
  const auto now = std::chrono::steady_clock::now();
  if (!wanted.pass.empty()) {
    if (paths_.allows(wanted.pass, wanted.sim, now)) return std::nullopt;
    return http::text_response(
        403, http::plain_text,
        "The time of this address is over: ask for the playlist with your token again.\n");
  }
  const auto shown = exchange_.check(http::token_of(request.authorization, request.query), peer.source);
  if (auto why = refused(access_.watch(shown, wanted.sim, is_private, now))) return why;
  return send_on(paths_.sign(wanted.sim, wanted.name, shown.pass->ends, now));
}

std::optional<http::HttpResponse> Guard::ask(const http::HttpRequest& request, const net::Peer& peer) const {
  const auto shown = exchange_.check(http::bearer_token(request.authorization), peer.source);
  return refused(access_.ask(shown, std::chrono::steady_clock::now()));
}

std::optional<http::HttpResponse> Guard::administer(const http::HttpRequest& request,
                                                    const net::Peer& peer) const {
  const auto shown = exchange_.check(http::bearer_token(request.authorization), peer.source);
  return refused(access_.administer(shown, std::chrono::steady_clock::now()));
}

}  // namespace parley::server
