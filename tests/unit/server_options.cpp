#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "base/log_queue.hpp"
#include "base/random.hpp"
#include "net/address.hpp"
#include "server/ice_server.hpp"

namespace parley::server {
namespace {

std::string parsed(const std::string& text) {
  const auto address = net::parse_address(text);
  return address ? to_string(*address) : "no";
}

TEST(ServerOptions, an_address_is_a_host_and_a_port) {
  EXPECT_EQ(parsed("127.0.0.1:8080"), "127.0.0.1:8080");
  EXPECT_EQ(parsed("localhost:0"), "127.0.0.1:0");
  EXPECT_EQ(parsed("8080"), "127.0.0.1:8080");
  EXPECT_EQ(parsed(":8080"), "0.0.0.0:8080");
  EXPECT_EQ(parsed("*:8080"), "0.0.0.0:8080");
  EXPECT_EQ(parsed("[::1]:8080"), "[::1]:8080");
  for (const char* bad :
       {"", "localhost", "localhost:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", "1.2.3.4.5:80"})
    EXPECT_EQ(parsed(bad), "no") << bad;
}

TEST(ServerOptions, ice_servers_are_urls_or_json) {
  using Servers = std::vector<hub::IceServer>;
  const hub::IceServer stun{.urls = {"stun:a.example"}, .username = {}, .credential = {}};
  const hub::IceServer turn{
      .urls = {"turn:b.example", "turns:b.example"}, .username = "u", .credential = "c"};
  const std::string turn_json =
      R"({"urls":["turn:b.example","turns:b.example"],"username":"u","credential":"c"})";
  EXPECT_EQ(parse_ice_servers("stun:a.example"), Servers{stun});
  EXPECT_EQ(parse_ice_servers("stun:a.example, stun:a.example"), (Servers{stun, stun}));
  EXPECT_EQ(parse_ice_servers(R"({"urls":"stun:a.example"})"), Servers{stun});
  EXPECT_EQ(parse_ice_servers("[" + turn_json + R"(,{"urls":"stun:a.example"}])"), (Servers{turn, stun}));
  for (const char* bad : {"a.example", "stun:", "http://a.example", "{", "{}", "[1]", R"({"urls":[]})",
                          R"({"urls":[1]})", R"({"urls":"turn:b","username":1})", "stun:a>", "stun:a\r\nb",
                          R"({"urls":"stun:a b"})", R"({"urls":"turn:b","username":"u\r\n"})"})
    EXPECT_EQ(parse_ice_servers(bad), std::nullopt) << bad;
}

TEST(ServerOptions, a_log_line_cannot_be_forged_by_what_clients_call_themselves) {
  using log::Format;
  EXPECT_EQ(
      log::render(Format::text, "join", {{"room", "r"}, {"peer", "ada"}, {"connection", 7}, {"detail", ""}}),
      "join room=r peer=ada connection=7");
  EXPECT_EQ(log::render(Format::text, "join", {{"peer", "a b\" level=error\n\x1b[31m"}}),
            R"(join peer="a b\" level=error\u000a\u001b[31m")");
  EXPECT_EQ(log::render(Format::json, "join", {{"peer", "a\",\"b\":\"c\\"}, {"connection", 7}}),
            R"("event":"join","peer":"a\",\"b\":\"c\\","connection":7)");
}

TEST(ServerOptions, what_is_not_seen_is_escaped_in_a_log_line) {
  using log::Format;
  const auto text = [](std::string_view peer) { return log::render(Format::text, "join", {{"peer", peer}}); };
  // The right-to-left override turns what follows it around, up to the end of the line.
  EXPECT_EQ(text("\xE2\x80\xAEtxt.exe"), R"(join peer="\u202etxt.exe")");
  EXPECT_EQ(text("a\xE2\x81\xA6z\xE2\x80\x8B"), R"(join peer="a\u2066z\u200b")");
  EXPECT_EQ(text("a\xE2\x80\xA8z\xC2\x9B"), R"(join peer="a\u2028z\u009b")") << "a line's end, and a C1 CSI";
  EXPECT_EQ(text("\xF3\xA0\x81\x81"), R"(join peer="\udb40\udc41")") << "a tag, as JSON writes it";
  EXPECT_EQ(text("a\xFFz"), R"(join peer="a\ufffdz")") << "no UTF-8";
  EXPECT_EQ(text("\xE2\x80"), R"(join peer="\ufffd\ufffd")");
  EXPECT_EQ(text("\xE0\xA4\xA8\xE0\xA4\xAE"), "join peer=\xE0\xA4\xA8\xE0\xA4\xAE") << "a name is a name";
  EXPECT_EQ(text("\xF0\x9F\xA6\xA6"), "join peer=\xF0\x9F\xA6\xA6");
  EXPECT_EQ(log::render(Format::json, "join", {{"peer", "\xE2\x80\xAE"}}),
            R"("event":"join","peer":"\u202e")");
}

/// A pipe, of which the reader decides when it reads.
class ServerLogQueue : public testing::Test {
 protected:
  ServerLogQueue() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reader_ = Descriptor(ends[0]);
    writer_ = Descriptor(ends[1]);
  }

  /// What has come up to and with this line.
  [[nodiscard]] std::string read_up_to(const std::string& line) const {
    std::string all;
    std::array<char, 4'096> chunk{};
    while (!all.ends_with(line)) {
      const ssize_t n = ::read(reader_.get(), chunk.data(), chunk.size());
      if (n <= 0) break;
      all.append(chunk.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

  static std::string note(std::uint64_t count) { return "dropped " + std::to_string(count) + '\n'; }

  Descriptor reader_;
  Descriptor writer_;
};

TEST_F(ServerLogQueue, lines_are_written_in_order) {
  log::LogQueue queue(writer_.get(), note);
  std::string expected;
  for (int i = 0; i < 1'000; ++i) {
    const std::string line = "line " + std::to_string(i) + '\n';
    queue.put(line);
    expected += line;
  }
  EXPECT_EQ(read_up_to("line 999\n"), expected);
}

TEST_F(ServerLogQueue, a_reader_who_does_not_read_delays_nobody_and_learns_what_it_missed) {
  constexpr int lines = 5'000;
  constexpr std::size_t limit = 10'000;
  log::LogQueue queue(writer_.get(), note, limit);
  const std::string filling(90, '.');
  const auto line_of = [&](int i) { return std::to_string(10'000 + i) + ' ' + filling + '\n'; };
  for (int i = 0; i < lines; ++i) queue.put(line_of(i));
  queue.flush(std::chrono::milliseconds(1));  // comes back though nobody reads
  const std::string all = read_up_to(line_of(lines - 1));
  int seen = 0;
  std::uint64_t dropped = 0;
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    if (all.compare(at, 8, "dropped ") == 0) {
      dropped += std::stoull(all.substr(at + 8));
    } else {
      ++seen;
    }
  }
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(static_cast<std::uint64_t>(seen) + dropped, static_cast<std::uint64_t>(lines));
}

TEST_F(ServerLogQueue, it_may_end_while_its_thread_waits_for_the_reader) {
  {
    log::LogQueue queue(writer_.get(), note);
    for (int i = 0; i < 10'000; ++i) queue.put(std::string(99, '.') + '\n');
    queue.flush(std::chrono::milliseconds(1));
  }
  reader_ = Descriptor();  // so that its thread ends, too
}

TEST(ServerOptions, secrets_are_long_printable_and_never_the_same) {
  const std::string one = random_secret();
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_NE(one, random_secret());
  EXPECT_NE(random_seed(), random_seed());
}

}  // namespace
}  // namespace parley::server
