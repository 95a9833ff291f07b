#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "http/http.hpp"
#include "http/web_files.hpp"

namespace parley::http {

/// What the host serves over HTTP, beside the WebSockets: the one place that says what is where.
///
///     /            index.html       the start page, also as /webrtc/client
///     /r/{room}    room.html        a room; which one, the page reads from its address
///     /publish     publish.html     streams a camera under a SIM number; /publish/{sim} names it
///     /people      people.html      who is online, and calls by name
///     /healthz     JSON             is the host well, and how much goes on in it
///     /…           the files of the built page
///
/// A page's address with a slash at its end, or with a percent sign that stands for itself, leads to the one
/// without (308). Where there is nothing, a browser is shown not-found.html, and all else a sentence.
///
/// `/r/{room}?autojoin` turns the camera on where it was allowed before. That is for somebody who typed or
/// saved it, or is on this site: a link on another (Sec-Fetch-Site: cross-site) leads to the lobby (303).
class Site {
 public:
  /// `health` makes the JSON text of /healthz.
  Site(const std::filesystem::path& web, std::function<std::string()> health)
      : files_(web), health_(std::move(health)) {}

  [[nodiscard]] HttpResponse answer(const HttpRequest& request);

 private:
  [[nodiscard]] HttpResponse page(std::string_view name, const HttpRequest& request);
  [[nodiscard]] HttpResponse file(std::string_view path, const HttpRequest& request);
  [[nodiscard]] HttpResponse nothing(int status, std::string_view sentence, const HttpRequest& request);

  WebFiles files_;
  std::function<std::string()> health_;
};

}  // namespace parley::http
