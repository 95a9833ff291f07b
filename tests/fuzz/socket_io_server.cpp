// A client of Socket.IO by polling and by WebSocket, that says anything at all in any order. Whatever it
// says, nothing crashes, what it is sent is packets, and the application hears of a namespace's beginning and
// end in turn.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/overloaded.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "socket_io/server.hpp"

namespace {

using namespace parley;
using fuzz::expect;
namespace output = engine_io::output;

class World {
 public:
  World() {
    engine_io::Outputs out;
    session_ = server_.transport().request(
        {.id = ++last_, .method = "GET", .query = "EIO=4&transport=polling"}, now_, out);
    settle(out);
  }

  /// The first byte of a line says what happens, the rest is what is said.
  void perform(std::string_view line) {
    const auto what = static_cast<unsigned char>(line.front());
    const std::string_view said = line.substr(1);
    auto& transport = server_.transport();
    engine_io::Outputs out;
    switch (what % 8) {
      case 0:
        transport.handle(session_, transport.read_text(socket_, said), now_, out);
        break;
      case 1:
        transport.handle(session_, engine_io::input::SocketBinary{.socket = socket_, .bytes = said}, now_,
                         out);
        break;
      case 2:
        transport.request({.id = ++last_, .method = "GET", .query = query_}, now_, out);
        break;
      case 3:
        transport.request({.id = ++last_, .method = "POST", .query = query_}, now_, out);
        transport.handle(session_, transport.read_post(last_, said), now_, out);
        break;
      case 4:
        transport.socket_opened(socket_ = ++last_, "EIO=4&transport=websocket&sid=sid", now_, out);
        break;
      case 5:
        now_ += std::chrono::milliseconds(100) * (what / 8);
        server_.expire(now_, out);
        break;
      case 6:
        if (is_utf8(said)) server_.emit(session_, "/", {.name = said}, now_, out);
        break;
      default:
        transport.handle(session_, engine_io::input::RequestLost{.request = last_}, now_, out);
    }
    settle(out);
  }

 private:
  void settle(engine_io::Outputs& out) {
    for (const auto& told : server_.advance(out, now_)) {
      std::visit(overloaded{
                     [&](const socket_io::output::Connected& it) {
                       expect(in_.insert(it.nsp).second, "in there already", it.nsp);
                     },
                     [&](const socket_io::output::Disconnected& it) {
                       expect(in_.erase(it.nsp) == 1, "not in there", it.nsp);
                     },
                     [&](const auto& it) { expect(in_.contains(it.nsp), "not in there", it.nsp); },
                 },
                 told);
    }
    for (const auto& each : out) {
      std::visit(overloaded{
                     [](const output::SendFrame& it) {
                       expect(it.binary || engine_io::decode_text(it.payload), "not a packet", it.payload);
                     },
                     [](const output::Answer& it) {
                       expect(
                           it.status != 200 || it.body == "ok" || engine_io::decode_payload(it.body, 1'000),
                           "not packets", it.body);
                     },
                     [](const output::CloseSocket&) {},
                     [](const auto&) { fuzz::fail("not for the network", ""); },
                 },
                 each);
    }
  }

  static socket_io::Config config() {
    socket_io::Config config{.namespaces = {"/", "/custom"}};
    config.transport.make_sid = [] { return std::string("sid"); };
    return config;
  }

  static constexpr std::string_view query_ = "EIO=4&transport=polling&sid=sid";

  hub::Instant now_{std::chrono::hours(1)};
  socket_io::Server server_{config()};
  std::uint64_t last_ = 0;
  engine_io::SocketId socket_ = 0;
  engine_io::SessionId session_ = 0;
  std::set<std::string> in_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::perform_lines(fuzz::text_of(data, size), World());
  return 0;
}
