#include "net/client_source.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

TEST(ExchangeClientSource, an_ipv4_address_is_one_and_an_ipv6_address_counts_by_its_64) {
  const std::vector<std::pair<std::string, std::string>> keys{
      {"203.0.113.7", "203.0.113.7"},
      {"::ffff:203.0.113.7", "203.0.113.7"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
      {"2001:db8:1:2::1", "2001:db8:1:2::"},
      {"2001:db8:1:3::1", "2001:db8:1:3::"},
      {"::1", "::1"},
  };
  for (const auto& [address, key] : keys) EXPECT_EQ(source_of(address).key, key) << address;
}

TEST(ExchangeClientSource, loopback_link_local_and_private_addresses_are_local) {
  for (const char* local :
       {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.1.1", "fe80::1", "fe80::1%eth0", "fd00::1", ""}) {
    EXPECT_TRUE(source_of(local).local) << local;
  }
  for (const char* other : {"203.0.113.7", "172.32.0.1", "172.15.0.1", "192.169.0.1", "11.0.0.1", "128.0.0.1",
                            "2001:db8::1", "fec0::1", "::ffff:8.8.8.8", "ff02::1"}) {
    EXPECT_FALSE(source_of(other).local) << other;
  }
}

}  // namespace
}  // namespace parley::net
