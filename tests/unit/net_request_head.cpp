#include "net/request_head.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace parley::net {
namespace {

/// The status that this is refused with; 0 where it is taken.
int status_of(std::string_view head) {
  const auto read = read_head(head);
  return read ? 0 : read.error().status;
}

/// The same, of a request with these lines.
int status_with(const std::string& lines) {
  return status_of("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
}

RequestHead taken(std::string_view head) {
  const auto read = read_head(head);
  EXPECT_TRUE(read) << head;
  return read ? *read : RequestHead{};
}

TEST(NetRequestHead, a_head_ends_with_an_empty_line) {
  EXPECT_EQ(end_of_head("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"), 27U);
  EXPECT_EQ(end_of_head("GET / HTTP/1.1\r\nHost: a\r\n\r"), std::nullopt);
  EXPECT_EQ(end_of_head("GET / HTTP/1.1\n\nbody"), 16U) << "so that it can be refused";
  const std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t seen = 0; seen < head.size(); ++seen)
    EXPECT_EQ(end_of_head(head, seen), head.size()) << seen;
}

TEST(NetRequestHead, its_parts_are_found) {
  const auto head =
      taken("POST /a?b=c HTTP/1.1\r\nHost: a\r\nX-Some:\t one two \r\ncontent-length: 12\r\n\r\n");
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.field("x-some"), "one two");
  EXPECT_EQ(head.field("X-Other"), "");
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.keep_alive);
}

TEST(NetRequestHead, the_connection_is_kept_unless_one_side_says_otherwise) {
  EXPECT_FALSE(taken("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n").keep_alive);
  EXPECT_TRUE(taken("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\r\n").keep_alive);
  EXPECT_FALSE(taken("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(taken("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(NetRequestHead, what_two_readers_could_read_differently_is_refused) {
  EXPECT_EQ(status_with("Content-Length: 3\r\n"), 0);
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n"), 0);
  EXPECT_EQ(status_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(status_with("Content-Length: 3\r\nContent-Length: 4\r\n"), 400);
  EXPECT_EQ(status_with("Content-Length: 3\r\nContent-Length: 3\r\n"), 400);
  for (const char* length : {"", "+3", "-3", "3, 3", "0x3", "3 3", "99999999999999999999"})
    EXPECT_EQ(status_with(std::string("Content-Length: ") + length + "\r\n"), 400) << length;
  for (const char* coding : {"", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "identity"})
    EXPECT_EQ(status_with(std::string("Transfer-Encoding: ") + coding + "\r\n"), 501) << coding;
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 501);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_with("X: a\r\n folded\r\n"), 400);
  EXPECT_EQ(status_with("Content-Length : 3\r\n"), 400);
  EXPECT_EQ(status_with(": 3\r\n"), 400);
  EXPECT_EQ(status_with("X: a\nContent-Length: 3\r\n"), 400) << "a bare LF";
  EXPECT_EQ(status_with("X: a\rContent-Length: 3\r\n"), 400) << "a bare CR";
  EXPECT_EQ(status_with(std::string("X: a\0b\r\n", 8)), 400);
  EXPECT_EQ(status_with("Host: b\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
  EXPECT_EQ(status_of("GET / HTTP/1.1\n\n"), 400);
}

TEST(NetRequestHead, what_is_no_request_line_is_refused) {
  for (const char* line : {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / a HTTP/1.1", " GET / HTTP/1.1",
                           "G\tET / HTTP/1.1", "GET /\tHTTP/1.1", "GET / http/1.1", "G(T / HTTP/1.1"})
    EXPECT_EQ(status_of(std::string(line) + "\r\nHost: a\r\n\r\n"), 400) << line;
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505);
}

TEST(NetRequestHead, the_target_is_a_path_of_this_host) {
  const auto target = [](const std::string& text) {
    return std::string(taken("GET " + text + " HTTP/1.1\r\nHost: a:80\r\n\r\n").target);
  };
  EXPECT_EQ(target("/x?y"), "/x?y");
  EXPECT_EQ(target("http://a:80/x?y"), "/x?y");
  EXPECT_EQ(target("https://A:80"), "/");
  for (const char* other : {"http://b/x", "http://a/x", "ftp://a:80/x", "a:80", "x", "http://a:80@b/x", "?x"})
    EXPECT_EQ(status_of(std::string("GET ") + other + " HTTP/1.1\r\nHost: a:80\r\n\r\n"), 400) << other;
}

TEST(NetRequestHead, the_host_as_a_whole_is_the_target_of_options_alone) {
  const auto target = [](const std::string& text) {
    return std::string(taken("OPTIONS " + text + " HTTP/1.1\r\nHost: a:80\r\n\r\n").target);
  };
  EXPECT_EQ(target("*"), "*");
  EXPECT_EQ(target("http://a:80"), "*");
  EXPECT_EQ(target("http://a:80/"), "/");
  EXPECT_EQ(status_of("GET * HTTP/1.1\r\nHost: a:80\r\n\r\n"), 400);
}

TEST(NetRequestHead, there_may_be_so_many_fields) {
  std::string lines;
  for (std::size_t i = 1; i < max_head_fields; ++i) lines += "X: y\r\n";
  EXPECT_EQ(status_with(lines), 0);
  EXPECT_EQ(status_with(lines + "X: y\r\n"), 431);
}

}  // namespace
}  // namespace parley::net
