#include "engine_io/refusal.hpp"

#include <string_view>

namespace parley::engine_io {
namespace {

std::string_view sentence_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_transport:
      return "Transport unknown";
    case Refusal::unknown_sid:
      return "Session ID unknown";
    case Refusal::bad_handshake_method:
      return "Bad handshake method";
    case Refusal::bad_request:
      return "Bad request";
    case Refusal::no_room:
      return "No room for another session. Try again later.";
    case Refusal::unsupported_version:
      return "Unsupported protocol version";
  }
  return "";
}

}  // namespace

int status_of(Refusal refusal) {
  return refusal == Refusal::no_room ? 503 : 400;
}

std::string body_of(Refusal refusal) {
  return R"({"code":)" + std::to_string(static_cast<int>(refusal)) + R"(,"message":")" +
         std::string(sentence_of(refusal)) + R"("})";
}

output::Answer answer_of(RequestId request, Refusal refusal) {
  return {.request = request,
          .status = status_of(refusal),
          .content_type = "application/json",
          .body = body_of(refusal)};
}

}  // namespace parley::engine_io
