#include <gtest/gtest.h>

#include <string>

#include "http/content_coding.hpp"
#include "http/http.hpp"
#include "http/manager_listener.hpp"
#include "http/web_files.hpp"
#include "net/loopback.hpp"

namespace parley::http {
namespace {

TEST(Http, a_coding_is_wanted_as_much_as_accept_encoding_says) {
  EXPECT_EQ(preference("gzip, br", Coding::brotli), 1000);
  EXPECT_EQ(preference("gzip;q=0.5,br;q=0.25", Coding::brotli), 250);
  EXPECT_EQ(preference("gzip; q=0.5 , br ; q=0.125", Coding::brotli), 125);
  EXPECT_EQ(preference("BR;Q=1.000", Coding::brotli), 1000);
  EXPECT_EQ(preference("x-gzip", Coding::gzip), 1000);
  EXPECT_EQ(preference("gzip", Coding::brotli), 0);
  EXPECT_EQ(preference("*;q=0.3", Coding::brotli), 300);
  EXPECT_EQ(preference("br;q=0, *", Coding::brotli), 0) << "its own name counts before the star";
  EXPECT_EQ(preference("browser", Coding::brotli), 0);
}

TEST(Http, the_plain_form_is_acceptable_unless_it_is_ruled_out) {
  EXPECT_GT(preference("", Coding::identity), 0);
  EXPECT_GT(preference("gzip", Coding::identity), 0);
  EXPECT_LT(preference("gzip;q=0.002", Coding::identity), preference("gzip;q=0.002", Coding::gzip));
  EXPECT_EQ(preference("identity;q=0", Coding::identity), 0);
  EXPECT_EQ(preference("*;q=0", Coding::identity), 0);
}

TEST(Http, a_weight_that_is_none_counts_as_unwanted) {
  for (const char* weight : {"2", "-1", "0.1234", "1.001", "x", "", "0,5", ".5"})
    EXPECT_EQ(preference(std::string("br;q=") + weight, Coding::brotli), 0) << weight;
}

TEST(Http, names_with_a_hash_of_their_content_are_told_apart) {
  for (const char* hashed :
       {"app.5f3c2a1b.js", "assets/app-5F3C2A1B.js", "core.ABCDEFGH.wasm", "a-0123456789abcdef.css"})
    EXPECT_TRUE(names_its_content(hashed)) << hashed;
  for (const char* plain :
       {"index.html", "app.js", "blue-otter.js", "picture-background.png", "app.5f3c2a1.js", "app-1.0.js",
        "5f3c2a1b", "5f3c2a1b.js", "dir.5f3c2a1b/app.js", "app-5F3c2a1b.js"})
    EXPECT_FALSE(names_its_content(plain)) << plain;
}

TEST(Http, an_entity_tag_is_found_in_a_list) {
  EXPECT_TRUE(lists_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(lists_etag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(lists_etag("*", "\"a\""));
  EXPECT_FALSE(lists_etag("", "\"a\""));
  EXPECT_FALSE(lists_etag("a", "\"a\""));
  EXPECT_FALSE(lists_etag("\"ab\"", "\"a\""));
}

TEST(Http, a_path_is_decoded_or_refused) {
  EXPECT_EQ(decode_path("/r/blue%20otter"), "/r/blue otter");
  EXPECT_EQ(decode_path("/%C3%A9%2f"), "/\xC3\xA9/");
  EXPECT_EQ(decode_path("/+"), "/+");
  for (const char* bad : {"/%", "/%2", "/%zz", "/%00", "/%0a", "/%7f", "/%ff", "/%c3%28", "/\xFF"})
    EXPECT_EQ(decode_path(bad), std::nullopt) << bad;
}

TEST(Http, an_answer_has_its_length_also_without_the_body) {
  const auto response = text_response(404, "text/plain", "gone\n");
  const net::Answer full = make_answer(response, false, std::chrono::seconds(30));
  EXPECT_TRUE(full.head.starts_with("HTTP/1.1 404 Not Found\r\nDate: "));
  EXPECT_TRUE(full.head.ends_with(
      "\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=30\r\n\r\n"));
  EXPECT_EQ(*full.text, "gone\n");
  const net::Answer head = make_answer(response, true, {});
  EXPECT_TRUE(head.head.ends_with("\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(head.text, nullptr);
}

TEST(Http, every_status_that_is_sent_has_its_phrase) {
  for (const int status : {200, 201, 204, 304, 400, 403, 404, 405, 408, 409, 411,
                           413, 414, 417, 422, 426, 431, 500, 501, 503, 505}) {
    const std::string line =
        make_answer(text_response(status, "text/plain", ""), false, std::chrono::seconds(30)).head;
    const std::string start = "HTTP/1.1 " + std::to_string(status) + ' ';
    ASSERT_TRUE(line.starts_with(start)) << line;
    EXPECT_NE(line[start.size()], '\r') << status;
  }
}

TEST(Http, what_has_no_body_has_no_length) {
  for (const int status : {204, 304})
    EXPECT_EQ(make_answer(text_response(status, "text/plain", ""), false, std::chrono::seconds(30))
                  .head.find("Content-Length"),
              std::string::npos)
        << status;
}

TEST(Http, an_address_is_this_machines_own_by_its_value_and_not_by_its_looks) {
  for (const char* own : {"127.0.0.1", "127.255.1.2", "::1", "::ffff:127.0.0.1", "::ffff:127.1.2.3"})
    EXPECT_TRUE(net::is_loopback(own)) << own;
  for (const char* other : {"", "127.", "127.1", "127.attacker.test", "128.0.0.1", "10.0.0.1", "::2",
                            "::ffff:10.0.0.1", "fe80::1", "localhost", "0.0.0.0", "::"})
    EXPECT_FALSE(net::is_loopback(other)) << other;
}

TEST(Http, a_host_header_names_this_machine_as_an_address_or_as_localhost) {
  for (const char* own :
       {"localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:8080", "127.9.9.9:1", "[::1]", "[::1]:80"})
    EXPECT_TRUE(net::names_loopback(own)) << own;
  for (const char* other :
       {"", "127.attacker.test", "127.0.0.1.attacker.test:80", "localhost.attacker.test", "attacker.test",
        "localhost:", "localhost:80x", "localhost:80:80", "[::1", "[::1]x", "[::1]:", "::1", "[127.0.0.1]",
        "[localhost]", "192.0.2.1", "0.0.0.0:80", ":8080", "user@localhost"})
    EXPECT_FALSE(net::names_loopback(other)) << other;
}

TEST(Http, the_room_manager_is_for_programs_that_ask_for_themselves) {
  const HttpRequest local{.method = "GET", .path = "/", .host = "localhost", .client = "127.0.0.1"};
  EXPECT_TRUE(is_local(local));
  const auto with = [&](auto change) {
    HttpRequest request = local;
    change(request);
    return is_local(request);
  };
  EXPECT_TRUE(with([](HttpRequest& request) { request.fetch_site = "none"; }));
  EXPECT_FALSE(with([](HttpRequest& request) { request.fetch_site = "same-origin"; }));
  EXPECT_FALSE(with([](HttpRequest& request) { request.origin = "null"; }));
  EXPECT_FALSE(with([](HttpRequest& request) { request.is_forwarded = true; }));
  EXPECT_FALSE(with([](HttpRequest& request) { request.client = "192.0.2.1"; }));
  EXPECT_FALSE(with([](HttpRequest& request) { request.host = "127.attacker.test"; }));
}

}  // namespace
}  // namespace parley::http
