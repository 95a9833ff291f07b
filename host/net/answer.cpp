#include "net/answer.hpp"

#include "net/http_status.hpp"

namespace parley::net {
namespace {

/// Whether the same request may succeed a moment later.
bool passes(int status) {
  constexpr int too_many_requests = 429;
  constexpr int unavailable = 503;
  return status == too_many_requests || status == unavailable;
}

}  // namespace

Answer answer_of(const HttpRefusal& refusal) {
  Answer answer;
  answer.head.append("HTTP/1.1 ")
      .append(std::to_string(refusal.status))
      .append(" ")
      .append(phrase_of(refusal.status))
      .append("\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: ")
      .append(std::to_string(refusal.sentence.size() + 1))
      .append(passes(refusal.status) ? "\r\nRetry-After: 1" : "")
      .append("\r\nConnection: close\r\n\r\n")
      .append(refusal.sentence)
      .append("\n");
  return answer;
}

}  // namespace parley::net
