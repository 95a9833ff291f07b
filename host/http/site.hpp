#pragma once

#include <filesystem>
#include <string_view>

#include "http/http.hpp"
#include "http/routes.hpp"
#include "http/web_files.hpp"

namespace parley::http {

/// The pages, and the files that they are built from.
///
/// A page's address with a slash at its end, or with a percent sign that stands for itself, leads to the one
/// without (308). Where there is nothing, a browser is shown not-found.html, and all else a sentence.
///
/// `/r/{room}?autojoin` turns the camera on where it was allowed before. That is for somebody who typed or
/// saved it, or is on this site: a link on another (Sec-Fetch-Site: cross-site) leads to the lobby (303).
class Site {
 public:
  explicit Site(const std::filesystem::path& web) : files_(web) {}

  [[nodiscard]] HttpResponse answer(const HttpRequest& request);

 private:
  [[nodiscard]] HttpResponse page(std::string_view name, const HttpRequest& request);
  [[nodiscard]] HttpResponse file(std::string_view path, const HttpRequest& request);
  [[nodiscard]] HttpResponse nothing(int status, std::string_view sentence, const HttpRequest& request);

  WebFiles files_;
};

}  // namespace parley::http
