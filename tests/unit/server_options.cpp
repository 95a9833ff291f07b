#include <gtest/gtest.h>

#include <string>

#include "server/address.hpp"
#include "server/ice_server.hpp"
#include "server/log.hpp"
#include "server/secret.hpp"

namespace parley::server {
namespace {

std::string parsed(const std::string& text) {
  const auto address = parse_address(text);
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
                          R"({"urls":[1]})", R"({"urls":"turn:b","username":1})"})
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
