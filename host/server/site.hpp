#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "server/http.hpp"
#include "server/web_files.hpp"

namespace parley::server {

/// What the host serves over HTTP, beside the WebSockets: the one place that says what is where.
///
///     /            index.html       the start page, also as /webrtc/client
///     /r/{room}    room.html        a room; which one, the page reads from its address
///     /publish     publish.html     streams a camera under a SIM number; /publish/{sim} names it
///     /people      people.html      who is online, and calls by name
///     /healthz     JSON             is the host well, and how much goes on in it
///     /…           the files of the built page
class Site {
 public:
  /// `health` makes the JSON text of /healthz.
  Site(const std::filesystem::path& web, std::function<std::string()> health)
      : files_(web), health_(std::move(health)) {}

  [[nodiscard]] HttpResponse answer(const HttpRequest& request);

 private:
  [[nodiscard]] HttpResponse file(std::string_view path, const HttpRequest& request);

  WebFiles files_;
  std::function<std::string()> health_;
};

}  // namespace parley::server
