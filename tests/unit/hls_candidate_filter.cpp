#include "hls/candidate_filter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace parley::hls {
namespace {

using namespace std::chrono_literals;

const CandidateFilter::Instant start{};

std::string candidate(const std::string& address, const std::string& transport = "udp",
                      const std::string& port = "4000") {
  return "candidate:1 1 " + transport + " 2122260223 " + address + ' ' + port + " typ host";
}

/// Of a host with one address of each family, for a publisher that comes from `address`.
CandidateFilter filter_for(const std::string& address, const std::vector<std::string>& allowed = {}) {
  CandidateFilter::Setting setting{
      .publisher = address, .own = {*parse_ip("192.0.2.1"), *parse_ip("2001:db8::1")}, .allowed = {}};
  for (const std::string& range : allowed) setting.allowed.push_back(*parse_range(range));
  return CandidateFilter(std::move(setting));
}

bool admits(const std::string& publisher, const std::string& address,
            const std::vector<std::string>& allowed = {}) {
  auto filter = filter_for(publisher, allowed);
  return filter.admit(candidate(address), start).has_value();
}

TEST(HlsCandidateFilter, a_peers_address_is_checked) {
  for (const char* address :
       {"198.51.100.7", "10.0.0.7", "192.168.1.7", "100.64.0.7", "2001:db8::7", "fd00::7"}) {
    EXPECT_TRUE(admits("203.0.113.5", address)) << address;
    EXPECT_TRUE(admits("", address)) << address;
  }
}

TEST(HlsCandidateFilter, no_publisher_reaches_what_is_nobodys) {
  for (const char* address :
       {"0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "::", "ff02::1",
        "ff0e::7", "64:ff9b:1::a00:1", "::ffff:198.51.100.7", "::ffff:127.0.0.1", "::ffff:7f00:1"}) {
    EXPECT_FALSE(admits("203.0.113.5", address)) << address;
    EXPECT_FALSE(admits("127.0.0.1", address)) << address;
    EXPECT_FALSE(admits("203.0.113.5", address, {"0.0.0.0/0", "::/0"})) << address;
  }
}

TEST(HlsCandidateFilter, who_comes_from_elsewhere_does_not_reach_this_host) {
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1", "192.0.2.1", "2001:db8::1", "169.254.0.7",
                              "169.254.169.254", "fe80::7", "64:ff9b::7f00:1", "64:ff9b::c000:201",
                              "::7f00:1", "2002:7f00:1::", "2002:c000:201::7", "2002:a9fe:a9fe::"}) {
    for (const char* publisher : {"203.0.113.5", "2001:db8::7", "", "unknown", "localhost"}) {
      EXPECT_FALSE(admits(publisher, address)) << publisher << ' ' << address;
    }
  }
}

TEST(HlsCandidateFilter, who_comes_from_this_host_reaches_it) {
  for (const char* publisher : {"127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1", "2001:db8::1"}) {
    for (const char* address : {"127.0.0.1", "::1", "192.0.2.1", "2001:db8::1", "198.51.100.7"}) {
      EXPECT_TRUE(admits(publisher, address)) << publisher << ' ' << address;
    }
    EXPECT_FALSE(admits(publisher, "169.254.169.254")) << publisher;
  }
}

TEST(HlsCandidateFilter, who_comes_from_the_link_reaches_it) {
  EXPECT_TRUE(admits("169.254.3.4", "169.254.0.7"));
  EXPECT_TRUE(admits("fe80::7", "fe80::8"));
  EXPECT_FALSE(admits("fe80::7", "127.0.0.1"));
}

TEST(HlsCandidateFilter, the_operator_may_widen_it) {
  EXPECT_TRUE(admits("203.0.113.5", "127.0.0.1", {"127.0.0.0/8"}));
  EXPECT_TRUE(admits("203.0.113.5", "192.0.2.1", {"10.0.0.0/8", "192.0.2.1"}));
  EXPECT_TRUE(admits("203.0.113.5", "fe80::7", {"fe80::/10"}));
  EXPECT_FALSE(admits("203.0.113.5", "192.0.2.1", {"192.0.2.2/32", "2001:db8::/32"}));
}

TEST(HlsCandidateFilter, tcp_names_and_other_components_are_left_out) {
  auto filter = filter_for("127.0.0.1");
  for (const std::string& text : {candidate("198.51.100.7", "tcp"),
                                  candidate("198.51.100.7", "TCP", "9") + " tcptype active",
                                  candidate("198.51.100.7", "ssltcp"),
                                  candidate("internal.example"),
                                  candidate("1f4712db-ea17-4bcf-a596-105139dfd8bf.local"),
                                  candidate("localhost"),
                                  candidate("127.1"),
                                  candidate("0x7f.1"),
                                  candidate("2130706433"),
                                  candidate("0177.0.0.1"),
                                  candidate("fe80::1%lo"),
                                  candidate("[::1]"),
                                  candidate("198.51.100.7", "udp", "0"),
                                  candidate("198.51.100.7", "udp", "65536"),
                                  candidate("198.51.100.7", "udp", "-1"),
                                  std::string("candidate:1 2 udp 2122260223 198.51.100.7 4000 typ host"),
                                  std::string("candidate:1 1 udp 2122260223 198.51.100.7 4000 typ"),
                                  std::string("candidate:1 1 udp 99999999999 198.51.100.7 4000 typ host"),
                                  std::string("candidate:1 1 udp 2122260223 198.51.100.7 4000 typ router"),
                                  std::string("candidate:a\r\nb 1 udp 2122260223 198.51.100.7 4000 typ host"),
                                  std::string("candidate:"),
                                  std::string("a=") + candidate("198.51.100.7"),
                                  std::string{}}) {
    EXPECT_EQ(filter.admit(text, start), std::nullopt) << text;
  }
}

TEST(HlsCandidateFilter, the_agent_sees_what_a_check_needs_and_no_more) {
  auto filter = filter_for("");
  EXPECT_EQ(
      filter.admit("candidate:7 1 udp 1686052607 2001:DB8:0:0::7 4000 typ srflx raddr 127.0.0.1 rport 22 "
                   "generation 0 ufrag a network-id 1",
                   start),
      "candidate:7 1 UDP 1686052607 2001:db8::7 4000 typ srflx");
}

TEST(HlsCandidateFilter, a_publisher_names_so_many_and_more_only_in_time) {
  auto filter = filter_for("");
  const auto named = [&](std::size_t count, unsigned from, CandidateFilter::Instant now) {
    std::size_t admitted = 0;
    for (unsigned i = 0; i < count; ++i) {
      admitted += filter.admit(candidate("198.51.100.7", "udp", std::to_string(from + i)), now) ? 1U : 0U;
    }
    return admitted;
  };
  EXPECT_EQ(named(100, 1'000, start), CandidateFilter::max_candidates);
  EXPECT_EQ(named(CandidateFilter::max_candidates, 1'000, start), CandidateFilter::max_candidates)
      << "those that are known are no others";
  filter.restart();
  EXPECT_EQ(named(100, 2'000, start), 0U);
  EXPECT_EQ(named(100, 3'000, start + 3 * CandidateFilter::replenished_every), 3U);
  EXPECT_EQ(named(100, 4'000, start + 1h), CandidateFilter::max_candidates);
}

TEST(HlsCandidateFilter, ranges_are_read_and_what_is_none_is_refused) {
  EXPECT_TRUE(parse_range("10.0.0.0/8")->contains(*parse_ip("10.255.1.2")));
  EXPECT_FALSE(parse_range("10.0.0.0/8")->contains(*parse_ip("11.0.0.0")));
  EXPECT_TRUE(parse_range("10.0.0.128/25")->contains(*parse_ip("10.0.0.255")));
  EXPECT_FALSE(parse_range("10.0.0.128/25")->contains(*parse_ip("10.0.0.127")));
  EXPECT_TRUE(parse_range("0.0.0.0/0")->contains(*parse_ip("8.8.8.8")));
  EXPECT_FALSE(parse_range("0.0.0.0/0")->contains(*parse_ip("2001:db8::1")));
  EXPECT_TRUE(parse_range("2001:db8::/32")->contains(*parse_ip("2001:db8:ffff::1")));
  EXPECT_TRUE(parse_range("::1")->contains(*parse_ip("::1")));
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129",
                           "host/8", "10.0.0/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(parse_range(text)) << text;
  }
}

TEST(HlsCandidateFilter, this_host_has_addresses) {
  const auto own = own_addresses();
  EXPECT_NE(std::ranges::find(own, *parse_ip("127.0.0.1")), own.end());
}

}  // namespace
}  // namespace parley::hls
