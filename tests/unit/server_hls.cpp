#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "server/backoff.hpp"
#include "server/byte_range.hpp"
#include "server/descriptor.hpp"
#include "server/hls_streams.hpp"
#include "server/packet_outbox.hpp"

namespace parley::server {
namespace {

using namespace std::chrono_literals;

TEST(ServerBackoff, doubles_from_a_quarter_of_a_second_to_ten_and_forgets_once_all_was_well_for_a_minute) {
  Backoff backoff;
  std::vector<Backoff::Duration> delays;
  for (int i = 0; i < 8; ++i) delays.push_back(backoff.ended_after(59s));
  EXPECT_EQ(delays, (std::vector<Backoff::Duration>{250ms, 500ms, 1s, 2s, 4s, 8s, 10s, 10s}));
  EXPECT_EQ(backoff.ended_after(60s), 250ms);
  EXPECT_EQ(backoff.ended_after(0s), 500ms);
}

TEST(ServerByteRange, is_the_one_that_is_asked_for) {
  const auto range = [](std::string_view header) {
    const auto found = parse_range(header, 10);
    return found ? std::to_string(found->first) + '+' + std::to_string(found->length) : "all";
  };
  EXPECT_EQ(range("bytes=0-3"), "0+4");
  EXPECT_EQ(range("bytes=4-"), "4+6");
  EXPECT_EQ(range("Bytes=9-100"), "9+1");
  EXPECT_EQ(range("bytes=-3"), "7+3");
  EXPECT_EQ(range("bytes=-30"), "0+10");
  EXPECT_EQ(range("bytes=10-"), "0+0") << "behind the end";
  EXPECT_EQ(range("bytes=-0"), "10+0");
  for (const char* whole : {"", "bytes", "bytes=", "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "bytes=x-1",
                            "bytes=1-x", "lines=0-1", "bytes=--1", "bytes=0-99999999999999999999999"})
    EXPECT_EQ(range(whole), "all") << whole;
}

TEST(ServerHlsStreams, each_room_has_one_and_no_number_comes_twice) {
  HlsStreams streams;
  EXPECT_EQ(streams.add("12345"), 1U);
  EXPECT_EQ(streams.add("12345"), std::nullopt);
  EXPECT_EQ(streams.add("67890"), 2U);
  EXPECT_EQ(streams.in_room("67890"), 2U);
  EXPECT_EQ(streams.remove(1)->room, "12345");
  EXPECT_EQ(streams.remove(1), std::nullopt);
  EXPECT_EQ(streams.in_room("12345"), std::nullopt);
  EXPECT_EQ(streams.find(1), nullptr);
  EXPECT_EQ(streams.add("12345"), 3U);
  EXPECT_EQ(streams.numbers(), (std::vector<hls::pipe::Stream>{2, 3}));
}

/// Two ends of a socket as that of the gateway is.
class ServerPacketOutbox : public testing::Test {
 protected:
  ServerPacketOutbox() {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()), 0);
    ours = Descriptor(pair[0]);
    theirs = Descriptor(pair[1]);
  }

  std::string received() {
    std::string packet(max_packet, '\0');
    const ssize_t size = ::recv(theirs.get(), packet.data(), packet.size(), MSG_DONTWAIT);
    packet.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return packet;
  }

  static constexpr std::size_t max_packet = 64 * 1024;
  Descriptor ours;
  Descriptor theirs;
  PacketOutbox outbox;
};

TEST_F(ServerPacketOutbox, keeps_what_the_socket_does_not_take_and_the_order) {
  const std::string filler(32 * 1024, 'x');
  int put = 0;
  auto sent = PacketOutbox::Sent::all;
  while (sent == PacketOutbox::Sent::all) {
    ASSERT_TRUE(outbox.put(std::to_string(put++) + filler));
    sent = outbox.send_to(ours.get());
  }
  EXPECT_EQ(sent, PacketOutbox::Sent::some);
  ASSERT_TRUE(outbox.put("last"));
  int got = 0;
  for (std::string packet = received(); packet != "last"; packet = received()) {
    EXPECT_EQ(packet, std::to_string(got++) + filler);
    (void)outbox.send_to(ours.get());
  }
  EXPECT_EQ(got, put);
  EXPECT_TRUE(outbox.empty());
}

TEST_F(ServerPacketOutbox, has_a_bound) {
  const std::string filler(max_packet, 'x');
  std::size_t taken = 0;
  while (outbox.put(filler)) taken += filler.size();
  EXPECT_EQ(taken, PacketOutbox::max_bytes);
}

TEST_F(ServerPacketOutbox, says_when_nobody_is_there) {
  theirs = Descriptor(-1);
  ASSERT_TRUE(outbox.put("x"));
  EXPECT_EQ(outbox.send_to(ours.get()), PacketOutbox::Sent::failed);
}

}  // namespace
}  // namespace parley::server
