// A member of each dialect in one room, and two users who can be called by name, and they say anything at
// all. Whatever they say, nothing crashes, and what any of them is sent is well-formed JSON in its own
// dialect, from somebody else who is in the room.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "hub/hub.hpp"
#include "server/dialects.hpp"

namespace {

using namespace parley;
using fuzz::fail;

/// Where each of them connects, and what it says to enter; some are there by connecting.
struct Entrance {
  std::string_view path;
  std::string_view query;
  std::string_view hello;
};

constexpr std::array<Entrance, 7> entrances{{
    {"/ws", "", R"({"type":"join","room":"12345","peer":"parley","secret":"x"})"},
    {"/webrtc", "", R"({"action":"join","roomId":"12345","sessionId":"serverpod"})"},
    {"/", "room=12345", R"({"type":"register","username":"calls","user_id":"x"})"},
    {"/webrtc/signaling/12345/fastapi", "", ""},
    {"/12345", "", R"({"type":"join","simNumber":"12345"})"},
    {"/ws", "", R"({"type":"register","name":"parley","secret":"x"})"},
    {"/", "", R"({"type":"register","username":"jane","user_id":"x"})"},
}};

class Room {
 public:
  Room() {
    for (std::size_t client = 0; client < entrances.size(); ++client) open(client);
  }

  /// The first byte of a line says which client it is from (in its low bits) and what happens.
  void perform(std::string_view line) {
    const auto what = static_cast<unsigned char>(line.front());
    const std::size_t client = what % entrances.size();
    hub::Outcome out;
    if (what >= 0xc0) {
      hub_.disconnected(sockets_.at(client), now_, out);
      inspect(out);
      return open(client);
    }
    if (what >= 0x80) {
      now_ += std::chrono::seconds(what - 0x80U);
      hub_.expire(now_, out);
      return inspect(out);
    }
    say(client, line.substr(1));
  }

 private:
  void open(std::size_t client) {
    const Entrance& entrance = entrances.at(client);
    auto& at = dialects_.at(client) = server::dialect_at(entrance.path, entrance.query);
    sockets_.at(client) = ++last_;
    hub_.connected(last_, at.codec->dialect, now_);
    hub::Outcome out;
    if (at.codec->open != nullptr) hub_.handle(last_, at.codec->open(at.room_address), now_, out);
    inspect(out);
    if (!entrance.hello.empty()) say(client, entrance.hello);
  }

  void say(std::size_t client, std::string_view text) {
    hub::Outcome out;
    const auto& at = dialects_.at(client);
    hub_.handle(sockets_.at(client), at.codec->decode(text, at.room_address), now_, out);
    inspect(out);
  }

  /// Another parser's opinion of what goes out.
  void inspect(const hub::Outcome& out) const {
    for (const hub::Delivery& delivery : out.deliveries) {
      if (!delivery.event) continue;
      const auto recipient = std::ranges::find(sockets_, delivery.to);
      if (recipient == sockets_.end()) fail("to nobody", std::to_string(delivery.to));
      std::string text;
      dialects_.at(static_cast<std::size_t>(recipient - sockets_.begin())).codec->encode(delivery, text);
      if (text.empty()) continue;
      const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
      if (!json.is_object() || !json.contains("type")) fail("not a message", text);
      const auto* signal = std::get_if<hub::event::Signal>(&delivery.event->body);
      if (signal != nullptr && !from_sender(json, signal->from)) fail("not from its sender", text);
    }
  }

  /// A sim is not told from whom.
  static bool from_sender(const nlohmann::json& json, const std::string& from) {
    for (const char* name : {"from", "senderSessionId", "from_username", "from_peer_id"}) {
      if (json.contains(name)) return json[name] == from;
    }
    return json["type"] == "answer" || json["type"] == "ice-candidate";
  }

  hub::Instant now_{std::chrono::hours(1)};
  int secrets_ = 0;
  // So short that a fuzzer finds out the room of a call.
  hub::Hub hub_{hub::Config{.limits = {.replay_messages = 4},
                            .make_secret = [this] { return std::to_string(++secrets_); }}};
  std::array<hub::ConnectionId, entrances.size()> sockets_{};
  std::array<server::DialectAt, entrances.size()> dialects_{};
  hub::ConnectionId last_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::perform_lines(fuzz::text_of(data, size), Room());
  return 0;
}
