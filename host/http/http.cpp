#include "http/http.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <utility>

#include "base/header_list.hpp"
#include "base/hex_digit.hpp"
#include "base/utf8.hpp"
#include "net/http_limits.hpp"
#include "net/http_status.hpp"

namespace parley::http {
namespace {

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

}  // namespace

HttpResponse text_response(int status, std::string_view content_type, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(content_type)}, {"Cache-Control", "no-store"}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

net::Answer make_answer(HttpResponse response, bool head_only, std::chrono::seconds keep_alive) {
  const std::uint64_t length =
      response.file ? response.file->length : (response.body ? response.body->size() : 0);
  net::Answer answer;
  std::string& head = answer.head;
  head.reserve(1024);
  head.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(net::phrase_of(response.status));
  head.append("\r\nDate: ").append(http_date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers)
    head.append("\r\n").append(name).append(": ").append(value);
  // A 304 has no body, and a length would be that of the body it does not have (RFC 9110 section 15.4.5); a
  // 204 has neither (section 8.6).
  if (response.status != 304 && response.status != 204)
    head.append("\r\nContent-Length: ").append(std::to_string(length));
  head.append("\r\nConnection: ").append(keep_alive.count() > 0 ? "keep-alive" : "close");
  // So that a client does not send its next request just when the front closes.
  if (keep_alive.count() > 0)
    head.append("\r\nKeep-Alive: timeout=").append(std::to_string(keep_alive.count()));
  head.append("\r\n\r\n");
  answer.keep_alive = keep_alive.count() > 0;
  if (head_only) return answer;
  answer.text = std::move(response.body);
  answer.file = std::move(response.file);
  return answer;
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
  return is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto item = take_item(query, '&');
    const auto end = item.find('=');
    if (item.substr(0, end) == name)
      return percent_decode(end == std::string_view::npos ? std::string_view{} : item.substr(end + 1));
  }
  return std::string();
}

std::optional<std::string> decode_path(std::string_view path) {
  auto out = percent_decode(path);
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; };
  if (out && std::ranges::any_of(*out, is_control)) return std::nullopt;
  return out;
}

}  // namespace parley::http
