#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <string>

#include "base/descriptor.hpp"
#include "media/packet_outbox.hpp"

namespace parley::media {
namespace {

/// Two ends of a socket as that of the gateway is.
class MediaPacketOutbox : public testing::Test {
 protected:
  MediaPacketOutbox() {
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

  static constexpr std::size_t max_packet = 65'536;
  Descriptor ours;
  Descriptor theirs;
  PacketOutbox outbox;
};

TEST_F(MediaPacketOutbox, keeps_what_the_socket_does_not_take_and_the_order) {
  const std::string filler(32'768, 'x');
  int put = 0;
  auto sent = PacketOutbox::Sent::all;
  while (sent == PacketOutbox::Sent::all) {
    outbox.put(7, std::to_string(put++) + filler);
    sent = outbox.send_to(ours.get());
  }
  EXPECT_EQ(sent, PacketOutbox::Sent::some);
  outbox.put(7, "last");
  int got = 0;
  for (std::string packet = received(); packet != "last"; packet = received()) {
    EXPECT_EQ(packet, std::to_string(got++) + filler);
    (void)outbox.send_to(ours.get());
  }
  EXPECT_EQ(got, put);
  EXPECT_TRUE(outbox.empty());
}

TEST_F(MediaPacketOutbox, knows_how_much_of_each_stream_waits) {
  outbox.put(1, "four");
  outbox.put(2, "x");
  outbox.put(1, "four");
  EXPECT_EQ(outbox.bytes_of(1), 8U);
  EXPECT_EQ(outbox.bytes_of(2), 1U);
  EXPECT_EQ(outbox.bytes_of(3), 0U);
  EXPECT_EQ(outbox.send_to(ours.get()), PacketOutbox::Sent::all);
  EXPECT_EQ(outbox.bytes_of(1), 0U);
}

TEST_F(MediaPacketOutbox, says_when_nobody_is_there) {
  theirs = Descriptor(-1);
  outbox.put(7, "x");
  EXPECT_EQ(outbox.send_to(ours.get()), PacketOutbox::Sent::failed);
}

}  // namespace
}  // namespace parley::media
