#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "lan/interfaces.hpp"
#include "lan/invitation.hpp"
#include "lan/qr_code.hpp"
#include "lan/self_signed.hpp"

namespace parley::lan {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Instant now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

const InterfaceAddress loopback{.address = "127.0.0.1", .is_local = true};
const InterfaceAddress wifi{.address = "192.0.2.7", .is_hardware = true, .has_default_route = true};
const InterfaceAddress wifi6{
    .address = "2001:db8::7", .is_ipv6 = true, .is_hardware = true, .has_default_route = true};
const InterfaceAddress today{.address = "2001:db8::1234",
                             .is_ipv6 = true,
                             .is_temporary = true,
                             .is_hardware = true,
                             .has_default_route = true};
const InterfaceAddress link_local{
    .address = "fe80::7", .is_ipv6 = true, .is_local = true, .is_hardware = true, .has_default_route = true};
const InterfaceAddress cable{.address = "198.51.100.7", .is_hardware = true};
const InterfaceAddress containers{.address = "203.0.113.1"};

std::vector<std::string> texts(const std::vector<InterfaceAddress>& addresses) {
  std::vector<std::string> found;
  found.reserve(addresses.size());
  for (const InterfaceAddress& each : addresses) found.push_back(each.address);
  return found;
}

TEST(LanInterfaces, the_default_routes_are_read_from_the_kernels_table) {
  EXPECT_THAT(default_routes("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
                             "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                             "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n"
                             "wlan0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"),
              ElementsAre("eth0"));
  EXPECT_THAT(default_routes(""), IsEmpty());
}

TEST(LanInterfaces, temporary_addresses_are_known_by_their_flag) {
  EXPECT_THAT(temporary_addresses("20010db8000000000000000000001234 02 40 00 01    wlan0\n"
                                  "fe800000000000000000000000000007 02 40 20 80    wlan0\n"),
              ElementsAre("20010db8000000000000000000001234"));
}

TEST(LanInterfaces, a_phone_reaches_hardware_and_what_leads_to_the_internet_first) {
  EXPECT_THAT(texts(reachable({loopback, containers, cable, link_local, today, wifi6, wifi})),
              ElementsAre("192.0.2.7", "2001:db8::7", "198.51.100.7"));
}

TEST(LanInterfaces, in_a_container_it_reaches_what_there_is) {
  EXPECT_THAT(texts(reachable({loopback, containers})), ElementsAre("203.0.113.1"));
  EXPECT_THAT(reachable({loopback}), IsEmpty());
}

TEST(LanNames, a_machine_has_its_name_in_the_local_domain_and_its_lasting_addresses) {
  const Names names = names_of("Otter.example", {loopback, wifi, wifi6, today, link_local});
  EXPECT_THAT(names.hosts, ElementsAre("localhost", "otter.example", "otter.local"));
  EXPECT_THAT(names.addresses, ElementsAre("127.0.0.1", "192.0.2.7", "2001:db8::7", "fe80::7"));
}

TEST(LanNames, what_is_no_host_name_is_left_out) {
  for (const char* name : {"", "(none)", "localhost", "a,IP:192.0.2.1", ".local"})
    EXPECT_THAT(names_of(name, {}).hosts, ElementsAre("localhost")) << name;
  EXPECT_THAT(names_of("otter.local", {}).hosts, ElementsAre("localhost", "otter.local"));
}

TEST(LanCertificate, it_says_what_it_was_made_for) {
  const Names names{.hosts = {"localhost", "otter.local"}, .addresses = {"192.0.2.7", "2001:db8::7"}};
  const std::string pem = make_self_signed(names, now);
  const auto certificate = read_self_signed(pem);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->names, names);
  EXPECT_LT(certificate->begins, now);
  EXPECT_LE(certificate->ends - certificate->begins, days(397));
  EXPECT_THAT(certificate->fingerprint, ::testing::MatchesRegex("([0-9A-F][0-9A-F]:){31}[0-9A-F][0-9A-F]"));
  EXPECT_NE(make_self_signed(names, now), pem);
}

TEST(LanCertificate, one_without_its_key_is_none) {
  const Names names{.hosts = {"localhost"}, .addresses = {}};
  const std::string pem = make_self_signed(names, now);
  const std::string other = make_self_signed(names, now);
  const auto certificate_at = pem.find("-----BEGIN CERTIFICATE");
  EXPECT_FALSE(read_self_signed(pem.substr(certificate_at)));
  EXPECT_FALSE(read_self_signed(pem.substr(0, certificate_at)));
  EXPECT_FALSE(
      read_self_signed(other.substr(0, other.find("-----BEGIN CERTIFICATE")) + pem.substr(certificate_at)));
  for (const char* text : {"", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    EXPECT_FALSE(read_self_signed(text)) << text;
}

TEST(LanCertificate, it_is_made_anew_near_its_end_and_where_a_name_is_missing) {
  const Names names{.hosts = {"localhost", "otter"}, .addresses = {"192.0.2.7", "192.0.2.8"}};
  const auto certificate = read_self_signed(make_self_signed(names, now)).value();
  EXPECT_TRUE(is_current(certificate, names, now));
  EXPECT_TRUE(is_current(certificate, names, certificate.ends - days(31)));
  EXPECT_FALSE(is_current(certificate, names, certificate.ends - days(30)));
  EXPECT_FALSE(is_current(certificate, names, certificate.begins - days(1)));
  // Fewer names are no reason: the machine comes back to where it was.
  EXPECT_TRUE(is_current(certificate, {.hosts = {"otter"}, .addresses = {"192.0.2.8"}}, now));
  EXPECT_FALSE(is_current(certificate, {.hosts = {"otter", "seal"}, .addresses = {}}, now));
  EXPECT_FALSE(is_current(certificate, {.hosts = {}, .addresses = {"192.0.2.9"}}, now));
}

TEST(LanInvitation, links_are_of_the_addresses_where_it_listens) {
  const std::vector<InterfaceAddress> reached{wifi, wifi6};
  EXPECT_THAT(links({{.host = "0.0.0.0", .port = "8443"}, {.host = "[::]", .port = "8443"}}, reached),
              ElementsAre("https://192.0.2.7:8443/", "https://[2001:db8::7]:8443/"));
  EXPECT_THAT(links({{.host = "0.0.0.0", .port = "1"}}, reached), ElementsAre("https://192.0.2.7:1/"));
  EXPECT_THAT(links({{.host = "192.0.2.7", .port = "1"}}, reached), ElementsAre("https://192.0.2.7:1/"));
  EXPECT_THAT(links({{.host = "[::]", .port = "1"}}, {wifi}), IsEmpty());
}

TEST(LanInvitation, it_holds_every_link_and_the_fingerprint_and_colours_for_terminals_only) {
  const std::vector<std::string> both{"https://192.0.2.7:8443/", "https://198.51.100.7:8443/"};
  const std::string text = invitation(both, "AB:CD", false);
  for (const char* part : {"https://192.0.2.7:8443/\n", "https://198.51.100.7:8443/\n", "AB:CD", "█"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(invitation(both, "AB:CD", true), HasSubstr("\x1b[97;40m"));
  EXPECT_THAT(invitation({}, "AB:CD", false), HasSubstr("no address in a network"));
}

TEST(LanQrCode, it_is_square_with_a_light_frame) {
  const auto lines = qr_code("https://192.0.2.7:8443/");
  // 25 modules and the quiet zone of 2 on each side, two rows a line.
  ASSERT_EQ(lines.size(), 15U);
  constexpr std::size_t width = 29;
  std::string light, last;
  for (std::size_t i = 0; i < width; ++i) {
    light += "█";
    last += "▀";
  }
  EXPECT_EQ(lines.front(), light);
  EXPECT_EQ(lines.back(), last);
  EXPECT_THAT(qr_code(std::string(5'000, 'a')), IsEmpty());
}

}  // namespace
}  // namespace parley::lan
