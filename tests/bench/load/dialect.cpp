#include "dialect.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace parley::bench {
namespace {

/// parley.v1: whoever has handled this many messages and has nothing to put an ack on sends one.
constexpr std::uint64_t ack_every = 32;

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

/// The `seq` of a message. An SDP has no quotes of its own in it, so nothing inside one looks like the field.
std::uint64_t seq_of(std::string_view text) {
  constexpr std::string_view field = "\"seq\":";
  const std::size_t at = text.find(field);
  std::uint64_t seq = 0;
  if (at != std::string_view::npos) {
    std::from_chars(text.data() + at + field.size(), text.data() + text.size(), seq);
  }
  return seq;
}

std::string room(const Identity& self) {
  return "pair-" + std::to_string(self.pair);
}

}  // namespace

std::string_view path(Dialect dialect) {
  return dialect == Dialect::raw ? "/raw" : "/ws";
}

std::string_view subprotocol(Dialect dialect) {
  return dialect == Dialect::parley ? "parley.v1" : "";
}

std::string join(Dialect dialect, const Identity& self) {
  if (dialect == Dialect::raw) return room(self);
  return R"({"type":"join","room":")" + room(self) + R"(","peer":")" + self.side + R"(","incarnation":")" +
         room(self) + self.side + R"("})";
}

std::string escaped_sdp(std::size_t size) {
  constexpr std::string_view head =
      "v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0 1\\r\\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\\r\\nc=IN IP4 0.0.0.0\\r\\na=ice-ufrag:Zx1c\\r\\n";
  constexpr std::string_view line = "a=rtpmap:111 opus/48000/2\\r\\n";
  constexpr std::size_t escapes = 2;  // a line end is two bytes of SDP and four of JSON
  std::string sdp(head);
  std::size_t bytes = head.size() - 8 * escapes;
  for (; bytes + line.size() - escapes <= size; bytes += line.size() - escapes) sdp += line;
  return sdp;
}

void write_offer(Dialect dialect, Identity& self, std::string_view sdp, std::string& out) {
  out = R"({"type":"signal",)";
  if (dialect == Dialect::parley) {
    out += R"("seq":)";
    append_number(out, ++self.sent);
    out += R"(,"ack":)";
    append_number(out, self.acked = self.received);
    out += ',';
  }
  out += R"("to":")";
  out += self.side == 'a' ? 'b' : 'a';
  out += R"(","description":{"type":"offer","sdp":")";
  out += sdp;
  out += R"("}})";
}

Kind read(Dialect dialect, Identity& self, std::string_view text) {
  if (dialect == Dialect::raw) return text == "joined" ? Kind::joined : Kind::relayed;
  // The type stands first in what our own hosts send, so this looks at no more than it must.
  const std::string_view head = text.substr(0, 64);
  if (head.find(R"("type":"joined")") != std::string_view::npos) return Kind::joined;
  if (const std::uint64_t seq = seq_of(text); seq != 0) self.received = seq;
  if (head.find(R"("type":"signal")") != std::string_view::npos) return Kind::relayed;
  return head.find(R"("type":"error")") != std::string_view::npos ? Kind::refused : Kind::other;
}

std::string due_ack(Dialect dialect, Identity& self) {
  if (dialect != Dialect::parley || self.received < self.acked + ack_every) return {};
  self.acked = self.received;
  std::string ack = R"({"type":"ack","ack":)";
  append_number(ack, self.acked);
  return ack + '}';
}

}  // namespace parley::bench
