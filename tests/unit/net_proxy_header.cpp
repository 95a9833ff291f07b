#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "net/proxy_header.hpp"

namespace parley::net {
namespace {

using namespace std::string_literals;

std::string version_2(char command, char family, const std::string& payload) {
  return "\r\n\r\n\0\r\nQUIT\n"s + command + family + static_cast<char>(payload.size() >> 8U) +
         static_cast<char>(payload.size() & 0xFFU) + payload;
}

const std::string four = "\xC0\x00\x02\x01\xC6\x33\x64\x01\xDC\x04\x01\xBB"s;
const std::string first = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
const std::string second = version_2('\x21', '\x11', four);

TEST(NetProxyHeader, says_whose_the_connection_is_in_either_version) {
  for (const std::string& text : {first, second}) {
    const auto header = read_proxy_header(text + "GET / HTTP/1.1\r\n");
    EXPECT_EQ(header.state, ProxyHeader::State::complete);
    EXPECT_EQ(header.bytes, text.size());
    EXPECT_EQ(header.address, "192.0.2.1");
    EXPECT_FALSE(header.tls);
  }
  EXPECT_EQ(read_proxy_header("PROXY TCP6 2001:db8:0::1 2001:db8::2 56324 443\r\n").address, "2001:db8::1");
  const std::string six = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\1" + std::string(20, '\0');
  EXPECT_EQ(read_proxy_header(version_2('\x21', '\x21', six)).address, "2001:db8::1");
}

TEST(NetProxyHeader, every_beginning_of_one_is_incomplete) {
  for (const std::string& text : {first, second}) {
    for (std::size_t length = 0; length < text.size(); ++length)
      EXPECT_EQ(read_proxy_header(text.substr(0, length)).state, ProxyHeader::State::incomplete) << length;
  }
}

TEST(NetProxyHeader, anything_else_is_none) {
  for (const char* text : {"GET / HTTP/1.1\r\n", "\x16\x03\x01\x02", "PUT /", "PROXYTCP4", "\r\nGET",
                           "PROXY / HTTP/1.1\r\n", "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n"})
    EXPECT_EQ(read_proxy_header(text).state, ProxyHeader::State::none) << text;
}

TEST(NetProxyHeader, a_proxy_may_speak_for_itself_or_know_no_address) {
  for (const std::string& text :
       {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN whatever it is\r\n"s, version_2('\x20', '\0', ""),
        version_2('\x20', '\x11', four), version_2('\x21', '\0', ""), version_2('\x21', '\x31', four)}) {
    const auto header = read_proxy_header(text);
    EXPECT_EQ(header.state, ProxyHeader::State::complete) << text;
    EXPECT_EQ(header.bytes, text.size());
    EXPECT_EQ(header.address, "");
  }
}

TEST(NetProxyHeader, what_breaks_the_rules_is_malformed) {
  for (const std::string& text :
       {"PROXY TCP4 192.0.2.1 HTTP/1.1\r\n"s, "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n"s,
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 70000\r\n"s, "PROXY TCP4 names.example 198.51.100.1 1 2\r\n"s,
        "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n"s, "PROXY TCP4 \r\n"s,
        "PROXY TCP4 " + std::string(100, '1'), version_2('\x31', '\x11', four),
        version_2('\x22', '\x11', four), version_2('\x21', '\x11', four.substr(1)),
        version_2('\x21', '\x21', four), version_2('\x21', '\x11', std::string(2'048, '\0'))})
    EXPECT_EQ(read_proxy_header(text).state, ProxyHeader::State::malformed) << text;
}

TEST(NetProxyHeader, version_2_says_whether_the_proxy_has_taken_tls_off) {
  const auto with = [](const std::string& values) {
    return read_proxy_header(version_2('\x21', '\x11', four + values)).tls;
  };
  const std::string authority = "\x02\x00\x03www"s;
  EXPECT_TRUE(with("\x20\x00\x05\x01\0\0\0\0"s));
  EXPECT_TRUE(with(authority + "\x20\x00\x05\x01\0\0\0\0"s));
  EXPECT_FALSE(with("\x20\x00\x05\0\0\0\0\0"s));
  EXPECT_FALSE(with("\x20\xFF\xFF"s));
  EXPECT_FALSE(with(authority));
}

}  // namespace
}  // namespace parley::net
