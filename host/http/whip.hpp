#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.hpp"
#include "http/routes.hpp"
#include "http/whip_session.hpp"
#include "hub/config.hpp"

namespace parley::http {

/// How much of WHIP there may be.
struct WhipLimits {
  std::size_t sessions = 1'000;  ///< at once
  /// Publishers that wait for their answer: each has one of the threads that answer HTTP.
  std::size_t waiting = 8;
  std::size_t sdp_bytes = 65'536;
  /// The hub gives up on a gateway that does not come (hub::Limits::gateway_patience). One that has come
  /// gathers candidates before it answers, which takes 2 s with a STUN server that is silent. OBS hangs up
  /// after 8 s, and would not see why.
  std::chrono::milliseconds answer_patience{7'500};
};

/// WHIP (RFC 9725), for publishers that are no page: OBS, GStreamer.
///
///     POST   /whip/{sim}              an offer; 201 with the answer, Location and ETag
///     PATCH  /whip/{sim}/{session}    trickled candidates (RFC 8840); 204
///     DELETE /whip/{sim}/{session}    the end; 200
///
/// A GET of either is answered with 204, for there is nothing to see. Who publishes shows a bearer token
/// where the host asks for one; a session's own address is a secret, and needs none.
/// The media gateway takes the stream, as it does that of any other publisher of this number. There is no ICE
/// restart: who needs one publishes again.
class Whip {
 public:
  Whip(exchange::Exchange& exchange, hub::Config hub, WhipLimits limits);

  [[nodiscard]] HttpResponse answer(const Match& match, const HttpRequest& request);

 private:
  struct Published {
    std::string sim;
    std::string offer;
    std::string etag;
    std::shared_ptr<WhipSession> session;
  };

  [[nodiscard]] HttpResponse answer_page(const Match& match, const HttpRequest& request);
  [[nodiscard]] HttpResponse session(std::string_view sim, std::string_view id, const HttpRequest& request);
  [[nodiscard]] HttpResponse options(const Route& route, const HttpRequest& request) const;
  [[nodiscard]] HttpResponse publish(std::string_view sim, const HttpRequest& request);
  [[nodiscard]] HttpResponse trickle(const Published& published, const HttpRequest& request) const;
  [[nodiscard]] HttpResponse created(const Published& published, std::string_view id,
                                     WhipSession::Taken taken, const HttpRequest& request) const;
  [[nodiscard]] bool may_ask(const HttpRequest& request) const;
  void add_ice_links(HttpResponse& response, const HttpRequest& request) const;
  [[nodiscard]] HttpResponse for_pages(HttpResponse response, const HttpRequest& request) const;
  /// False where there is no place for another.
  [[nodiscard]] bool add(const std::string& id, const Published& published);
  [[nodiscard]] std::optional<Published> find(std::string_view sim, std::string_view id);
  void end(std::string_view id);

  exchange::Exchange& exchange_;
  const hub::Config hub_;
  const WhipLimits limits_;
  std::mutex mutex_;
  std::size_t waiting_ = 0;
  std::map<std::string, Published, std::less<>> published_;  // by session
};

}  // namespace parley::http
