#include "server/http.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <utility>

#include "dialects/utf8.hpp"

namespace parley::server {
namespace {

struct Status {
  int code;
  std::string_view phrase;
};

/// RFC 9110 section 15 and RFC 6585: what the host answers, and what Civetweb does on its behalf.
constexpr std::array statuses{Status{200, "OK"},
                              Status{201, "Created"},
                              Status{204, "No Content"},
                              Status{206, "Partial Content"},
                              Status{303, "See Other"},
                              Status{304, "Not Modified"},
                              Status{308, "Permanent Redirect"},
                              Status{400, "Bad Request"},
                              Status{403, "Forbidden"},
                              Status{404, "Not Found"},
                              Status{405, "Method Not Allowed"},
                              Status{408, "Request Timeout"},
                              Status{409, "Conflict"},
                              Status{411, "Length Required"},
                              Status{412, "Precondition Failed"},
                              Status{413, "Content Too Large"},
                              Status{414, "URI Too Long"},
                              Status{415, "Unsupported Media Type"},
                              Status{416, "Range Not Satisfiable"},
                              Status{417, "Expectation Failed"},
                              Status{422, "Unprocessable Content"},
                              Status{426, "Upgrade Required"},
                              Status{428, "Precondition Required"},
                              Status{431, "Request Header Fields Too Large"},
                              Status{500, "Internal Server Error"},
                              Status{501, "Not Implemented"},
                              Status{503, "Service Unavailable"},
                              Status{505, "HTTP Version Not Supported"}};

std::string_view phrase_of(int status) {
  const auto found = std::ranges::find(statuses, status, &Status::code);
  return found == statuses.end() ? std::string_view() : found->phrase;
}

/// IMF-fixdate of RFC 9110 section 5.6.7; its names are English in every locale.
std::string http_date(std::time_t at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&at, &utc);
  std::array<char, 32> rest{};
  std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &utc);
  std::array<char, 8> day{};
  std::strftime(day.data(), day.size(), ", %d ", &utc);
  return std::string(days.at(static_cast<std::size_t>(utc.tm_wday))) + day.data() +
         months.at(static_cast<std::size_t>(utc.tm_mon)) + rest.data();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

HttpResponse text_response(int status, std::string_view content_type, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(content_type)}, {"Cache-Control", "no-store"}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

std::string serialize(const HttpResponse& response, bool head_only, bool keep_alive) {
  const std::size_t length = response.body ? response.body->size() : 0;
  std::string out;
  out.reserve(1024 + (head_only ? 0 : length));
  out.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(phrase_of(response.status));
  out.append("\r\nDate: ").append(http_date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers)
    out.append("\r\n").append(name).append(": ").append(value);
  // A 304 has no body, and a length would be that of the body it does not have (RFC 9110 section 15.4.5); a
  // 204 has neither (section 8.6).
  if (response.status != 304 && response.status != 204)
    out.append("\r\nContent-Length: ").append(std::to_string(length));
  out.append("\r\nConnection: ").append(keep_alive ? "keep-alive" : "close").append("\r\n\r\n");
  if (!head_only && response.body) out.append(*response.body);
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    out.push_back(c);
  }
  return dialects::is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> decode_path(std::string_view path) {
  auto out = percent_decode(path);
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; };
  if (out && std::ranges::any_of(*out, is_control)) return std::nullopt;
  return out;
}

}  // namespace parley::server
