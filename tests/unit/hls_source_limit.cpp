#include "hls/source_limit.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

namespace parley::hls {
namespace {

using Packet = std::vector<std::uint8_t>;
using Sources = std::vector<Ssrc>;

void append(Packet& packet, Ssrc ssrc) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) packet.push_back(static_cast<std::uint8_t>(ssrc >> shift));
}

Packet rtp(Ssrc ssrc, std::initializer_list<Ssrc> contributors = {}) {
  Packet packet{static_cast<std::uint8_t>(0x80U | contributors.size()), 96, 0, 1, 0, 0, 0, 0};
  append(packet, ssrc);
  for (const Ssrc each : contributors) append(packet, each);
  packet.insert(packet.end(), {1, 2, 3});
  return packet;
}

/// With a body of whole words.
Packet rtcp(std::uint8_t type, std::size_t count, const Packet& body) {
  const std::size_t words = body.size() / 4;
  Packet packet{static_cast<std::uint8_t>(0x80U | count), type, static_cast<std::uint8_t>(words >> 8U),
                static_cast<std::uint8_t>(words)};
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

Packet of(std::initializer_list<Ssrc> words) {
  Packet body;
  for (const Ssrc each : words) append(body, each);
  return body;
}

/// A chunk with the name "ab".
Packet described(Ssrc ssrc) {
  Packet body;
  append(body, ssrc);
  body.insert(body.end(), {1, 2, 'a', 'b', 0, 0, 0, 0});
  return body;
}

Packet operator+(Packet one, const Packet& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

TEST(HlsSourceLimit, rtp_names_its_sender_and_contributors) {
  EXPECT_EQ(sources_of_rtp(rtp(0x01020304)), (Sources{0x01020304}));
  EXPECT_EQ(sources_of_rtp(rtp(7, {8, 9})), (Sources{7, 8, 9}));
}

TEST(HlsSourceLimit, what_is_no_rtp_names_nobody) {
  EXPECT_EQ(sources_of_rtp(Packet{}), Sources{});
  auto cut = rtp(7, {8, 9});
  cut.resize(17);
  EXPECT_EQ(sources_of_rtp(cut), Sources{});
  auto other = rtp(7);
  other[0] = 0x40;
  EXPECT_EQ(sources_of_rtp(other), Sources{});
}

TEST(HlsSourceLimit, rtcp_names_senders_and_whom_they_describe) {
  const Packet sender_report = rtcp(200, 0, of({7, 0, 0, 0, 0, 0}));
  const Packet description = rtcp(202, 2, described(7) + described(8));
  const Packet feedback = rtcp(206, 1, of({9, 7}));
  EXPECT_EQ(sources_of_rtcp(sender_report + description + feedback), (Sources{7, 7, 8, 9}));
  EXPECT_EQ(sender_of_rtcp(sender_report), (Sources{7}));
  EXPECT_TRUE(is_rtcp(sender_report));
  EXPECT_FALSE(is_rtcp(rtp(7)));
}

TEST(HlsSourceLimit, malformed_rtcp_names_nobody) {
  auto longer = rtcp(200, 0, of({7}));
  longer[3] = 9;
  auto more_chunks = rtcp(202, 3, described(7) + described(8));
  auto endless = rtcp(202, 1, of({7, 0x01FF0000}));
  for (const Packet& packet : {Packet{}, Packet{0x80}, longer, more_chunks, endless, rtp(7)})
    EXPECT_EQ(sources_of_rtcp(packet), Sources{});
  EXPECT_EQ(sender_of_rtcp(Packet{0x80, 200, 0, 0}), Sources{});
}

TEST(HlsSourceLimit, random_packets_are_read_within_their_bounds) {
  std::mt19937 random(1);  // NOLINT(*-msc51-cpp): the same bytes each time
  std::uniform_int_distribution<unsigned> byte(0, 255);
  for (int round = 0; round < 100'000; ++round) {
    Packet packet(byte(random) % 64);
    for (auto& each : packet) each = static_cast<std::uint8_t>(byte(random));
    if (packet.size() > 3) {
      packet[0] = static_cast<std::uint8_t>(0x80U | (packet[0] & 0x3FU));
      packet[1] = static_cast<std::uint8_t>(200U + packet[1] % 8U);
      packet[2] = 0;
      packet[3] %= 16;
    }
    EXPECT_LE(sources_of_rtcp(packet).size(), packet.size() / 4);
    EXPECT_LE(sources_of_rtp(packet).size(), 16U);
  }
}

TEST(HlsSourceLimit, so_many_sources_are_taken_and_go_on) {
  SourceLimit limit;
  limit.begin(2, {});
  std::size_t admitted = 0;
  for (Ssrc ssrc = 0; ssrc < 40'000; ++ssrc) admitted += limit.admit(Sources{ssrc}) ? 1U : 0U;
  EXPECT_EQ(admitted, 2 * SourceLimit::sources_per_line);
  EXPECT_TRUE(limit.admit(Sources{0}));
  EXPECT_FALSE(limit.admit(Sources{0, 50'000}));
  EXPECT_FALSE(limit.admit(Sources{50'000})) << "a packet that was refused takes no place";
}

TEST(HlsSourceLimit, who_is_named_passes_however_many_others_came_first) {
  SourceLimit limit;
  limit.begin(1, {7, 8});
  Ssrc next = 100;
  while (limit.admit(Sources{next})) ++next;
  EXPECT_EQ(next, 100 + SourceLimit::sources_per_line);
  EXPECT_TRUE(limit.admit(Sources{7, 8}));
  EXPECT_TRUE(limit.admit(Sources{7, 100}));
  EXPECT_FALSE(limit.admit(Sources{7, next}));
}

TEST(HlsSourceLimit, who_is_named_later_gives_a_place_back) {
  SourceLimit limit;
  limit.begin(1, {});
  EXPECT_TRUE(limit.admit(Sources{7, 7, 8}));
  EXPECT_EQ(limit.size(), 2U);
  limit.begin(1, {7});
  EXPECT_EQ(limit.size(), 1U);
}

TEST(HlsSourceLimit, another_offer_brings_other_sources_up_to_a_bound) {
  SourceLimit limit;
  Ssrc next = 0;
  for (int offers = 0; offers < 1'000; ++offers) {
    limit.begin(16, {});
    while (limit.admit(Sources{next})) ++next;
  }
  EXPECT_EQ(limit.size(), SourceLimit::most_sources);
  EXPECT_TRUE(limit.admit(Sources{0}));
}

}  // namespace
}  // namespace parley::hls
