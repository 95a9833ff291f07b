#include "net/trusted_proxies.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

const TrustedProxies proxies({*parse_range("127.0.0.1"), *parse_range("10.0.0.0/8")});

TEST(HttpTrustedProxies, whoever_comes_by_itself_is_who_it_is) {
  EXPECT_EQ(proxies.client_of("203.0.113.7", "", false), "203.0.113.7");
  EXPECT_EQ(proxies.client_of("10.1.2.3", "", false), "10.1.2.3") << "the proxy itself";
}

TEST(HttpTrustedProxies, a_trusted_proxy_says_whose_request_it_is) {
  EXPECT_EQ(proxies.client_of("127.0.0.1", "203.0.113.7", true), "203.0.113.7");
  EXPECT_EQ(proxies.client_of("127.0.0.1", "1.2.3.4, 203.0.113.7 , 10.0.0.9", true), "203.0.113.7")
      << "what is before that is the client's to invent";
  EXPECT_EQ(proxies.client_of("10.9.9.9", "2001:db8::1", true), "2001:db8::1");
}

TEST(HttpTrustedProxies, who_is_behind_another_is_unknown) {
  EXPECT_EQ(proxies.client_of("192.0.2.1", "127.0.0.1", true), "proxied:192.0.2.1");
  EXPECT_EQ(TrustedProxies().client_of("127.0.0.1", "127.0.0.1", true), "proxied:127.0.0.1");
  EXPECT_EQ(proxies.client_of("127.0.0.1", "somebody", true), "proxied:127.0.0.1");
  EXPECT_EQ(proxies.client_of("127.0.0.1", "10.0.0.2", true), "proxied:127.0.0.1");
}

}  // namespace
}  // namespace parley::net
