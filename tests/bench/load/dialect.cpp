#include "dialect.hpp"

#include <algorithm>
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

char other_side(const Identity& self) {
  return self.side == 'a' ? 'b' : 'a';
}

/// Where there are no rooms, a name says which pair it is of.
std::string user(const Identity& self, char side) {
  return room(self) + side;
}

/// The `type` of a message, which stands first in what all of the servers send, so that this looks at no more
/// than it must. Python puts a blank behind the colon.
std::string_view type_of(std::string_view text) {
  constexpr std::string_view field = "{\"type\":";
  if (!text.starts_with(field)) return {};
  text.remove_prefix(field.size());
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with('"')) return {};
  text.remove_prefix(1);
  return text.substr(0, text.find('"'));
}

Kind kind_of_event(std::string_view packet) {
  if (packet.starts_with(R"(42["room_joined")")) return Kind::joined;
  if (packet.starts_with(R"(42["offer")")) return Kind::relayed;
  const bool refused = packet.starts_with(R"(42["error")") || packet.starts_with("44");
  return refused ? Kind::refused : Kind::other;
}

std::string socketio_reply(const Identity& self, std::string_view packet) {
  if (packet.starts_with("40")) {
    return R"(42["join_room",{"room":")" + room(self) + R"(","user_id":")" + user(self, self.side) + R"("}])";
  }
  if (packet.starts_with('0')) return "40";
  return packet == "2" ? "3" : "";
}

std::string parley_ack(Identity& self) {
  if (self.received < self.acked + ack_every) return {};
  self.acked = self.received;
  std::string ack = R"({"type":"ack","ack":)";
  append_number(ack, self.acked);
  return ack + '}';
}

}  // namespace

std::string user_name(const Identity& self) {
  return user(self, self.side);
}

std::string path(Dialect dialect, const Identity& self) {
  switch (dialect) {
    case Dialect::parley:
    case Dialect::json:
      return "/ws";
    case Dialect::raw:
      return "/raw";
    case Dialect::fastapi:
      return "/webrtc/signaling/" + room(self) + '/' + self.side;
    case Dialect::serverpod:
      return "/webrtc";
    case Dialect::calls:
      return "/";
    case Dialect::socketio:
      return "/socket.io/?EIO=4&transport=websocket";
  }
  return {};
}

std::string_view subprotocol(Dialect dialect) {
  return dialect == Dialect::parley ? "parley.v1" : "";
}

std::string greeting(Dialect dialect, const Identity& self) {
  switch (dialect) {
    case Dialect::parley:
    case Dialect::json:
      return R"({"type":"join","room":")" + room(self) + R"(","peer":")" + self.side + R"(","secret":")" +
             room(self) + self.side + R"("})";
    case Dialect::raw:
      return room(self);
    case Dialect::serverpod:
      return R"({"action":"join","roomId":")" + room(self) + R"(","sessionId":")" + self.side + R"("})";
    case Dialect::calls: {
      const std::string name = user(self, self.side);
      return R"({"type":"register","username":")" + name + R"(","user_id":"id-)" + name + R"("})";
    }
    case Dialect::fastapi:
    case Dialect::socketio:
      break;
  }
  return {};
}

std::string escaped_sdp(Dialect dialect, std::size_t size) {
  constexpr std::string_view head =
      "v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0 1\\r\\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\\r\\nc=IN IP4 0.0.0.0\\r\\na=ice-ufrag:Zx1c\\r\\n";
  constexpr std::string_view line = "a=rtpmap:111 opus/48000/2\\r\\n";
  constexpr std::size_t escapes = 2;  // a line end is two bytes of SDP and four of JSON
  std::string sdp(head);
  std::size_t bytes = head.size() - 8 * escapes;
  for (; bytes + line.size() - escapes <= size; bytes += line.size() - escapes) sdp += line;
  if (dialect != Dialect::serverpod) return sdp;
  std::string twice;
  for (const char c : sdp) twice.append(c == '\\' ? 2 : 1, c);
  return twice;
}

void write_offer(Dialect dialect, Identity& self, std::string_view sdp, std::string& out) {
  switch (dialect) {
    case Dialect::parley:
      out = R"({"type":"signal","seq":)";
      append_number(out, ++self.sent);
      out += R"(,"ack":)";
      append_number(out, self.acked = self.received);
      out.append(R"(,"to":")") += other_side(self);
      out.append(R"(","description":{"type":"offer","sdp":")").append(sdp).append(R"("}})");
      break;
    case Dialect::json:
    case Dialect::raw:
      out = R"({"type":"signal","to":")";
      out += other_side(self);
      out.append(R"(","description":{"type":"offer","sdp":")").append(sdp).append(R"("}})");
      break;
    case Dialect::fastapi:
      out = R"({"type":"offer","offer":{"type":"offer","sdp":")";
      out.append(sdp).append(R"("},"target_peer_id":")") += other_side(self);
      out += R"("})";
      break;
    case Dialect::serverpod:
      out = R"({"type":"webrtc_offer","payload":"{\"type\":\"offer\",\"sdp\":\")";
      out.append(sdp).append(R"(\",\"targetPeerId\":\")") += other_side(self);
      out.append(R"(\"}","senderSessionId":")") += self.side;
      out += R"("})";
      break;
    case Dialect::calls:
      out = R"({"type":"offer","target_username":")";
      out.append(user(self, other_side(self))).append(R"(","data":{"type":"offer","sdp":")");
      out.append(sdp).append(R"("}})");
      break;
    case Dialect::socketio:
      out = R"(42["offer",{"room":")";
      out.append(room(self)).append(R"(","offer":{"type":"offer","sdp":")").append(sdp).append(R"("}}])");
      break;
  }
}

Kind read(Dialect dialect, Identity& self, std::string_view text) {
  if (dialect == Dialect::raw) return text == "joined" ? Kind::joined : Kind::relayed;
  if (dialect == Dialect::socketio) return kind_of_event(text);
  if (dialect == Dialect::parley) {
    if (const std::uint64_t seq = seq_of(text); seq != 0) self.received = seq;
  }
  constexpr std::array<std::string_view, 4> joined{"joined", "existing_peers", "peers_list", "registered"};
  constexpr std::array<std::string_view, 3> relayed{"signal", "offer", "webrtc_offer"};
  const std::string_view type = type_of(text);
  if (std::ranges::find(relayed, type) != relayed.end()) return Kind::relayed;
  if (std::ranges::find(joined, type) != joined.end()) return Kind::joined;
  return type == "error" ? Kind::refused : Kind::other;
}

std::string reply(Dialect dialect, Identity& self, std::string_view text) {
  if (dialect == Dialect::parley) return parley_ack(self);
  return dialect == Dialect::socketio ? socketio_reply(self, text) : std::string();
}

}  // namespace parley::bench
