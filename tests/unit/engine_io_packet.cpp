#include "engine_io/packet.hpp"

#include <gtest/gtest.h>

namespace parley::engine_io {
namespace {

using namespace std::string_literals;

constexpr std::size_t many = 1'000;

TEST(EngineIoPacket, every_type_has_its_digit) {
  constexpr std::string_view digits = "0123456";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const Packet packet{.type = static_cast<PacketType>(i), .data = "x"};
    EXPECT_EQ(encode_text(packet), digits[i] + "x"s);
    EXPECT_EQ(decode_text(digits[i] + "x"s), packet);
  }
  EXPECT_EQ(decode_text("2"), Packet{.type = PacketType::ping});
}

TEST(EngineIoPacket, what_is_no_packet_is_refused) {
  for (const std::string& text :
       {""s, "7"s, "a"s, "/"s, "-1"s, "b"s, "bAAAA"s, "\0"s, "4\xff"s, "4\xc0\x80"s})
    EXPECT_FALSE(decode_text(text)) << text;
}

TEST(EngineIoPacket, a_payload_holds_several_with_a_separator_between) {
  const std::vector<Packet> packets{
      {.data = "hello"}, {.binary = true, .data = "\x01\x02\x03\x04"}, {.type = PacketType::ping}};
  EXPECT_EQ(encode_payload(packets),
            "4hello\x1e"
            "bAQIDBA==\x1e"
            "2");
  EXPECT_EQ(decode_payload("4hello\x1e"
                           "bAQIDBA==\x1e"
                           "2",
                           many),
            packets);
}

TEST(EngineIoPacket, a_payload_with_one_bad_packet_is_refused_whole) {
  for (const std::string_view payload : {"", "abc", "4a\x1e",
                                         "\x1e"
                                         "4a",
                                         "4a\x1e\x1e"
                                         "4b",
                                         "4a\x1e"
                                         "9",
                                         "4a\x1e"
                                         "bA",
                                         "b====", "b A=="})
    EXPECT_FALSE(decode_payload(payload, many)) << payload;
}

TEST(EngineIoPacket, a_payload_of_too_many_packets_is_refused) {
  EXPECT_TRUE(
      decode_payload("4\x1e"
                     "4",
                     2));
  EXPECT_FALSE(
      decode_payload("4\x1e"
                     "4\x1e"
                     "4",
                     2));
}

}  // namespace
}  // namespace parley::engine_io
