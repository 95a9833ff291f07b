#include "http/whip.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "base/header_list.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "dialects/whip.hpp"
#include "http/bearer.hpp"
#include "hub/access.hpp"
#include "net/client_source.hpp"

namespace parley::http {
namespace {

constexpr std::string_view prefix = "/whip/";
constexpr std::string_view sdp_type = "application/sdp";
constexpr std::string_view fragment_type = "application/trickle-ice-sdpfrag";

HttpResponse sentence(int status, std::string text) {
  return text_response(status, "text/plain; charset=utf-8", std::move(text) + '\n');
}

HttpResponse later(std::string text) {
  auto response = sentence(503, std::move(text));
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

HttpResponse without_content(int status) {
  return {.status = status, .headers = {}, .body = nullptr};
}

/// Parameters of a media type say nothing that matters here.
bool has_type(const HttpRequest& request, std::string_view type) {
  return same_name(trimmed(request.content_type.substr(0, request.content_type.find(';'))), type);
}

HttpResponse refusal(const WhipSession::Refusal& why) {
  switch (why.code) {
    case hub::ErrorCode::peer_taken:
      return sentence(409, "Somebody publishes under this number already.");
    case hub::ErrorCode::unsupported_media:
    case hub::ErrorCode::gateway_crashed:
      return sentence(422, why.sentence);
    case hub::ErrorCode::media_failed:
      return sentence(500, why.sentence);
    default:
      return name_of(why.code).starts_with("token-")
                 ? refuse_token({.code = why.code, .sentence = why.sentence})
                 : later(why.sentence);
  }
}

/// RFC 9110 section 5.6.4.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

/// Whether a list of entity tags has this one; they are compared strongly (RFC 9110 section 13.1.1).
bool matches(std::string_view if_match, std::string_view etag) {
  while (!if_match.empty()) {
    if (take_item(if_match, ',') == etag) return true;
  }
  return false;
}

}  // namespace

Whip::Whip(exchange::Exchange& exchange, hub::Config hub, WhipLimits limits)
    : exchange_(exchange), hub_(std::move(hub)), limits_(limits) {}

HttpResponse Whip::answer(const Match& match, const HttpRequest& request) {
  return for_pages(answer_page(match, request), request);
}

HttpResponse Whip::answer_page(const Match& match, const HttpRequest& request) {
  if (auto refused = refuse_method(*match.route, request.method)) return *std::move(refused);
  const std::string_view sim = match.values[0];
  const std::string_view id = match.values[1];
  if (request.method == "OPTIONS" && match.route->endpoint != Endpoint::whip_elsewhere)
    return options(*match.route, request);
  switch (match.route->endpoint) {
    case Endpoint::whip:
      return request.method == "POST" ? publish(sim, request) : without_content(204);
    case Endpoint::whip_session:
      return session(sim, id, request);
    default:
      return sentence(404, "WHIP is at /whip/ and a SIM number, of 5 to 20 digits.");
  }
}

/// What a client may reach the gateway with, as RFC 9725 section 4.6 has it.
void Whip::add_ice_links(HttpResponse& response, const HttpRequest& request) const {
  const auto source = net::source_of(std::string(request.client)).key;
  for (const hub::IceServer& server : hub_.ice_servers_for(source)) {
    for (const std::string& url : server.urls) {
      std::string link = '<' + url + ">; rel=\"ice-server\"";
      if (!server.username.empty()) {
        link += "; username=" + in_quotes(server.username) + "; credential=" + in_quotes(server.credential) +
                "; credential-type=\"password\"";
      }
      response.headers.emplace_back("Link", std::move(link));
    }
  }
}

HttpResponse Whip::for_pages(HttpResponse response, const HttpRequest& request) const {
  if (request.origin.empty()) return response;
  response.headers.emplace_back("Access-Control-Allow-Origin", std::string(request.origin));
  response.headers.emplace_back("Vary", "Origin");
  response.headers.emplace_back(
      "Access-Control-Expose-Headers",
      "Location, ETag, Link, Accept-Patch, Accept-Post, Allow, Retry-After, Parley-Notice");
  return response;
}

/// CORS asks what another origin's page may send, by any method: also OPTIONS itself, with which some clients
/// look for ICE servers. A preflight is not told these: no page gets to see what it is answered (RFC 9725
/// section 4.6).
HttpResponse Whip::options(const Route& route, const HttpRequest& request) const {
  auto response = without_content(200);
  response.headers.emplace_back("Allow", std::string(route.methods));
  response.headers.emplace_back("Access-Control-Allow-Methods", std::string(route.methods));
  response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
  if (route.endpoint == Endpoint::whip_session) {
    response.headers.emplace_back("Accept-Patch", std::string(fragment_type));
    return response;
  }
  response.headers.emplace_back("Accept-Post", std::string(sdp_type));
  if (!request.is_preflight && may_ask(request)) add_ice_links(response, request);
  return response;
}

/// The servers' credentials are for whom the host lets in.
bool Whip::may_ask(const HttpRequest& request) const {
  const auto source = net::source_of(std::string(request.client));
  const auto shown = exchange_.check(bearer_token(request.authorization), source);
  return static_cast<bool>(hub::Access(hub_.auth).ask(shown, std::chrono::steady_clock::now()));
}

HttpResponse Whip::session(std::string_view sim, std::string_view id, const HttpRequest& request) {
  const auto published = find(sim, id);
  if (!published) return sentence(404, "There is no such session (any more). Publish again.");
  if (request.method == "PATCH") return trickle(*published, request);
  if (request.method == "DELETE") {
    end(id);
    return sentence(200, "The stream has ended.");
  }
  return without_content(204);  // a GET works and shows nothing (RFC 9725 section 4.1)
}

HttpResponse Whip::publish(std::string_view sim, const HttpRequest& request) {
  if (!has_type(request, sdp_type)) return sentence(415, "Send the offer as application/sdp.");
  if (!request.content_length) return sentence(411, "Say how long the offer is (Content-Length).");
  if (*request.content_length > limits_.sdp_bytes)
    return sentence(413, "An offer is at most " + std::to_string(limits_.sdp_bytes) + " bytes here.");
  auto offer = dialects::whip::read_offer(request.body, {.room = std::string(sim), .peer = std::string(sim)});
  if (!offer) return sentence(400, "The body must be an offer: SDP with at least one m-line.");
  if (!hub_.gateway)
    return sentence(501,
                    "This host does not offer live streaming: its media gateway is off or was not built.");

  auto place = exchange_.addresses().take(net::source_of(std::string(request.client)),
                                          net::Held::whip_session, std::chrono::steady_clock::now());
  if (!place)
    return sentence(429, "Your network address publishes as many streams here as it may. End one of them.");

  Published published{.sim = std::string(sim),
                      .offer = std::string(request.body),
                      .etag = '"' + random_secret() + '"',
                      .session = nullptr};
  const std::string id = random_secret();
  published.session = std::make_shared<WhipSession>(exchange_, std::string(request.client), *std::move(place),
                                                    std::string(bearer_token(request.authorization)),
                                                    [this, id] { end(id); });
  if (!add(id, published)) return later("As many publish here as this host takes. Try again later.");
  std::optional<WhipSession::Answer> answer;
  try {
    answer = published.session->offer(*std::move(offer), limits_.answer_patience);
  } catch (const std::bad_alloc&) {
    answer = Failure(WhipSession::Refusal{.sentence = "This host is out of memory. Try again later."});
  }
  {
    const std::lock_guard lock(mutex_);
    --waiting_;
  }
  if (!*answer) {
    end(id);
    return refusal(answer->error());
  }
  return created(published, id, **std::move(answer), request);
}

HttpResponse Whip::created(const Published& published, std::string_view id, WhipSession::Taken taken,
                           const HttpRequest& request) const {
  HttpResponse response = text_response(201, sdp_type, std::move(taken.answer));
  for (const WhipSession::Notice& notice : taken.notices) {
    log::line(log::Level::info, "notice",
              {{"room", published.sim}, {"code", name_of(notice.code)}, {"detail", notice.sentence}});
    response.headers.emplace_back("Parley-Notice",
                                  std::string(name_of(notice.code)).append(": ").append(notice.sentence));
  }
  response.headers.emplace_back("Location", std::string(prefix) + published.sim + '/' + std::string(id));
  response.headers.emplace_back("ETag", published.etag);
  response.headers.emplace_back("Accept-Patch", std::string(fragment_type));
  add_ice_links(response, request);
  return response;
}

HttpResponse Whip::trickle(const Published& published, const HttpRequest& request) const {
  if (!has_type(request, fragment_type))
    return sentence(415, "Send candidates as application/trickle-ice-sdpfrag.");
  if (request.if_match.empty()) return sentence(428, "Say in If-Match which ETag the session had.");
  const auto fragment = dialects::whip::read_fragment(request.body);
  if (!fragment)
    return sentence(400, "The body must be an SDP fragment as RFC 8840 has it, with at most " +
                             std::to_string(dialects::whip::max_candidates) + " candidates.");
  const bool restart =
      request.if_match == "*" ||
      (!fragment->ufrag.empty() && !dialects::whip::has_ufrag(published.offer, fragment->ufrag));
  if (restart) return sentence(422, "There is no ICE restart here: end this session and publish again.");
  if (!matches(request.if_match, published.etag))
    return sentence(412, "If-Match names another ETag than this session's.");
  for (const hub::Message& candidate : fragment->candidates) published.session->say(candidate);
  return without_content(204);
}

bool Whip::add(const std::string& id, const Published& published) {
  const std::lock_guard lock(mutex_);
  if (waiting_ >= limits_.waiting || published_.size() >= limits_.sessions) return false;
  ++waiting_;
  published_.emplace(id, published);
  return true;
}

std::optional<Whip::Published> Whip::find(std::string_view sim, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = published_.find(id);
  if (found == published_.end() || found->second.sim != sim) return std::nullopt;
  return found->second;
}

void Whip::end(std::string_view id) {
  std::shared_ptr<WhipSession> session;
  {
    const std::lock_guard lock(mutex_);
    const auto found = published_.find(id);
    if (found == published_.end()) return;
    session = std::move(found->second.session);
    published_.erase(found);
  }
  session->leave();
}

}  // namespace parley::http
