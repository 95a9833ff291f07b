// What one relayed offer of 1 KiB costs between the socket it comes from and the socket it goes to: decoding
// it, handling it in the hub, encoding it for its recipient. No socket, no thread, no lock.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "dialects/parley_v1.hpp"
#include "hub/hub.hpp"

namespace {

using namespace parley;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 200'000;
constexpr std::size_t seq_digits = 10;

/// An offer as a browser makes it: many short lines, each with an escaped line end.
std::string offer(std::string_view to) {
  std::string sdp =
      "v=0\\r\\no=- 4611731700 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0 1\\r\\n";
  while (sdp.size() < 850) sdp += "a=rtpmap:111 opus/48000/2\\r\\na=rtcp-fb:111 transport-cc\\r\\n";
  return R"({"type":"signal","seq":1000000000,"ack":0,"to":")" + std::string(to) +
         R"(","description":{"type":"offer","sdp":")" + sdp +
         R"("},"link":{"connection":12345,"remote":4242,"negotiation":1,"slots":{"0":"microphone","1":"camera"}}})";
}

/// Counts up in place, so that a message costs nothing to make.
void count_up(std::string& text, std::size_t at) {
  for (std::size_t i = at + seq_digits; i-- > at;) {
    if (text[i] != '9') {
      ++text[i];
      return;
    }
    text[i] = '0';
  }
}

template <class Work>
void measure(const char* what, Work work) {
  for (int i = 0; i < rounds / 10; ++i) work();
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < rounds; ++i) work();
  const std::chrono::duration<double, std::nano> passed = Clock::now() - start;
  std::printf("%-24s %7.0f ns\n", what, passed.count() / rounds);
}

struct Client {
  hub::ConnectionId id;
  std::string text;
  std::size_t seq_at = text.find("1000000000");
};

/// What is found by name among so many: a room by who joins it, a user by who signals.
void measure_names() {
  constexpr hub::ConnectionId many = 10'000;
  hub::Hub hub(hub::Config{.limits = {.rooms = 2 * many,
                                      .users = 2 * many,
                                      .rooms_per_address = many,
                                      .places_per_address = many,
                                      .names_per_address = many,
                                      .messages_per_second = 0}});
  hub::Outcome out;
  const Clock::time_point now = Clock::now();
  const auto say = [&](hub::ConnectionId from, hub::Command command) {
    out.clear();
    hub.handle(from, {.command = std::move(command)}, now, out);
  };
  const auto name = [](hub::ConnectionId id) { return "name-" + std::to_string(id * 7'919 % many); };
  const auto join = [&](hub::ConnectionId id) {
    say(id, hub::command::Join{.room = name(id), .peer = "ada", .incarnation = "page"});
  };
  for (hub::ConnectionId id = 1; id <= many; ++id) {
    hub.connected(id, hub::Dialect::parley, now);
    join(id);
    hub.connected(many + id, hub::Dialect::calls, now);
    say(many + id, hub::command::Register{.name = name(id), .user_id = "id"});
  }
  hub::ConnectionId at = 0;
  measure("join and leave a room", [&] {
    const hub::ConnectionId id = 1 + ++at * 31 % many;
    say(id, hub::command::Leave{});
    join(id);
  });
  measure("signal a user by name", [&] {
    const hub::ConnectionId id = 1 + ++at * 31 % many;
    say(many + id,
        hub::command::Signal{.to = name(id * 17 % many + 1), .audience = hub::command::Audience::user});
  });
}

}  // namespace

int main() {
  hub::Hub hub(hub::Config{.limits = {.messages_per_second = 0}});
  hub::Outcome out;
  Client ada{.id = 1, .text = offer("bob")};
  Client bob{.id = 2, .text = offer("ada")};
  for (const auto& [id, peer] : {std::pair(1, "ada"), std::pair(2, "bob")}) {
    hub.connected(static_cast<hub::ConnectionId>(id), hub::Dialect::parley, Clock::now());
    hub.handle(static_cast<hub::ConnectionId>(id),
               {.command = hub::command::Join{.room = "r", .peer = peer, .incarnation = peer}}, Clock::now(),
               out);
  }

  std::printf("%-24s %7zu bytes\n", "message", ada.text.size());
  std::size_t written = 0;
  std::string encoded;
  std::uint64_t handled = 0;
  const auto relay = [&](Client& from) {
    count_up(from.text, from.seq_at);
    hub::Message message = dialects::parley_v1::decode(from.text);
    message.ack = handled++ / 2;  // each acknowledges all that it got, as a client that answers does
    out.clear();
    hub.handle(from.id, std::move(message), Clock::now(), out);
    encoded.clear();
    for (const hub::Delivery& delivery : out.deliveries) dialects::parley_v1::encode(delivery, encoded);
    written += encoded.size();
  };
  measure("decode, handle, encode", [&, turn = false]() mutable { relay((turn = !turn) ? ada : bob); });
  measure("decode alone", [&] { written += dialects::parley_v1::decode(ada.text).seq; });
  const hub::Delivery delivery = [&] {
    relay(ada);
    return out.deliveries.front();
  }();
  measure("encode alone", [&] {
    encoded.clear();
    dialects::parley_v1::encode(delivery, encoded);
    written += encoded.size();
  });
  measure_names();
  return written == 0 ? 1 : 0;
}
