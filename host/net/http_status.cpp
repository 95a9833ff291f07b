#include "net/http_status.hpp"

#include <algorithm>
#include <array>

namespace parley::net {
namespace {

struct Status {
  int code;
  std::string_view phrase;
};

/// RFC 9110 section 15 and RFC 6585.
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
                              Status{429, "Too Many Requests"},
                              Status{431, "Request Header Fields Too Large"},
                              Status{500, "Internal Server Error"},
                              Status{501, "Not Implemented"},
                              Status{503, "Service Unavailable"},
                              Status{505, "HTTP Version Not Supported"}};

}  // namespace

std::string_view phrase_of(int status) {
  const auto found = std::ranges::find(statuses, status, &Status::code);
  return found == statuses.end() ? std::string_view() : found->phrase;
}

}  // namespace parley::net
