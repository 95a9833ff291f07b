#include "net/request_head.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/header_list.hpp"

namespace parley::net {
namespace {

constexpr std::string_view line_end = "\r\n";

constexpr HttpRefusal bad_line{
    400, "Every line of a request ends with CRLF, and no other control character is in it."};

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// Cuts a line off. Nothing where a control character stands in it, which a bare CR and a bare LF are.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find(line_end);
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + line_end.size());
  if (std::ranges::any_of(line, [](char c) { return is_control(c) && c != '\t'; })) return std::nullopt;
  return line;
}

std::optional<HttpRefusal> read_request_line(std::string_view line, RequestHead& head) {
  constexpr HttpRefusal malformed{400, "A request begins with its method, its target and HTTP/1.1."};
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find('\t') != std::string_view::npos)
    return malformed;
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!version.starts_with("HTTP/")) return malformed;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return HttpRefusal{505, "This host speaks HTTP/1.1."};
  head.http_1_0 = version == "HTTP/1.0";
  if (!is_token(head.method) || head.target.empty() || head.target.find(' ') != std::string_view::npos)
    return malformed;
  return std::nullopt;
}

std::optional<HttpRefusal> read_field(std::string_view line, RequestHead& head) {
  if (line.front() == ' ' || line.front() == '\t')
    return HttpRefusal{400, "A header field may not go on in another line (RFC 9112 section 5.2)."};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return HttpRefusal{400, "A header field is a name, a colon right after it, and a value."};
  if (head.fields.size() == max_head_fields)
    return HttpRefusal{431, "This request has too many header fields."};
  head.fields.push_back({.name = line.substr(0, colon), .value = trimmed(line.substr(colon + 1))});
  return std::nullopt;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

/// RFC 9112 section 6.3.
std::optional<HttpRefusal> read_framing(RequestHead& head) {
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::size_t hosts = 0;
  for (const HeaderField& field : head.fields) {
    if (same_name(field.name, "Content-Length")) {
      const auto length = parse_length(field.value);
      if (!length || ++lengths > 1)
        return HttpRefusal{400, "A request has one Content-Length at most, which is one number."};
      head.content_length = *length;
    } else if (same_name(field.name, "Transfer-Encoding")) {
      if (++codings > 1 || !same_name(field.value, "chunked"))
        return HttpRefusal{501, "The one Transfer-Encoding that this host takes is chunked."};
    } else if (same_name(field.name, "Host")) {
      if (++hosts > 1) return HttpRefusal{400, "A request has one Host."};
    }
  }
  if (codings > 0 && (lengths > 0 || head.http_1_0))
    return HttpRefusal{400, "A request has a Content-Length or a Transfer-Encoding, and not both."};
  if (hosts == 0 && !head.http_1_0)
    return HttpRefusal{400, "A request names its Host (RFC 9112 section 3.2)."};
  head.chunked = codings > 0;
  return std::nullopt;
}

/// RFC 9112 section 3.2: a path, also behind the address of this very host, or `*`, which OPTIONS alone may
/// have. Whoever names another host takes this one for a proxy.
std::optional<HttpRefusal> read_target(RequestHead& head) {
  if (head.target.starts_with('/')) return std::nullopt;
  const bool options = head.method == "OPTIONS";
  if (head.target == "*") {
    if (options) return std::nullopt;
    return HttpRefusal{400, "Only OPTIONS may ask about \"*\": ask for a path."};
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!head.target.starts_with(scheme)) continue;
    const auto path = head.target.find('/', scheme.size());
    const auto host = head.target.substr(scheme.size(), path - scheme.size());
    if (!same_name(host, head.field("Host"))) break;
    const std::string_view whole = options ? "*" : "/";
    head.target = path == std::string_view::npos ? whole : head.target.substr(path);
    return std::nullopt;
  }
  return HttpRefusal{400, "This host is no proxy: ask for a path of its own."};
}

void read_connection(RequestHead& head) {
  head.keep_alive = !head.http_1_0;
  for (const HeaderField& field : head.fields) {
    if (same_name(field.name, "Expect")) head.expects_continue = same_name(field.value, "100-continue");
    if (!same_name(field.name, "Connection")) continue;
    for (auto rest = field.value; !rest.empty();) {
      const auto option = take_item(rest, ',');
      if (same_name(option, "close")) head.keep_alive = false;
      if (same_name(option, "keep-alive") && head.http_1_0) head.keep_alive = true;
    }
  }
}

}  // namespace

std::string_view RequestHead::field(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields, [&](const HeaderField& each) { return same_name(each.name, name); });
  return found == fields.end() ? std::string_view{} : found->value;
}

std::string RequestHead::all(std::string_view name) const {
  std::string values;
  for (const HeaderField& each : fields) {
    if (!same_name(each.name, name)) continue;
    if (!values.empty()) values.append(",");
    values.append(each.value);
  }
  return values;
}

std::optional<std::size_t> end_of_head(std::string_view bytes, std::size_t seen) {
  // Also a bare LF ends it: read_head() then says what is wrong with it, which nobody would hear who waits.
  for (auto at = bytes.find('\n', seen < 3 ? 0 : seen - 3); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (bytes.substr(at + 1).starts_with('\n')) return at + 2;
    if (bytes.substr(at + 1).starts_with(line_end)) return at + 3;
  }
  return std::nullopt;
}

Result<RequestHead, HttpRefusal> read_head(std::string_view head) {
  RequestHead read;
  const auto request_line = take_line(head);
  if (!request_line) return Failure(bad_line);
  if (auto wrong = read_request_line(*request_line, read)) return Failure(*wrong);
  for (;;) {
    const auto line = take_line(head);
    if (!line) return Failure(bad_line);
    if (line->empty()) break;
    if (auto wrong = read_field(*line, read)) return Failure(*wrong);
  }
  if (auto wrong = read_framing(read)) return Failure(*wrong);
  if (auto wrong = read_target(read)) return Failure(*wrong);
  read_connection(read);
  return read;
}

}  // namespace parley::net
