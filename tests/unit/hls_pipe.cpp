#include "hls/pipe.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace parley::hls::pipe {
namespace {

TEST(HlsPipe, every_message_of_the_host_is_read_as_it_was_written) {
  const std::vector<std::pair<ToGateway, std::string>> messages{
      {TakeUp{.sim = "923244219594"}, "take-up 923244219594"},
      {Ping{}, "ping"},
      {Open{.stream = 7, .address = "192.0.2.7", .sim = "923244219594"}, "open 7 192.0.2.7 923244219594"},
      {Open{.stream = 7, .address = "2001:db8::7", .sim = "1"}, "open 7 2001:db8::7 1"},
      {Open{.stream = 7, .address = {}, .sim = "923244219594"}, "open 7 - 923244219594"},
      {Open{.stream = 7, .address = "one two", .sim = "923244219594"}, "open 7 - 923244219594"},
      {Connected{.stream = 7}, "connected 7"},
      {Text{.stream = 7, .json = R"({"type":"joined", "room":"a"})"},
       R"(text 7 {"type":"joined", "room":"a"})"},
      {Closed{.stream = 18446744073709551615U, .code = 1001}, "closed 18446744073709551615 1001"},
      {Close{.stream = 0, .departure = Departure::left}, "close 0 left"},
      {Close{.stream = 1, .departure = Departure::lost}, "close 1 lost"},
      {Probe{.stream = 7}, "probe 7"},
  };
  for (const auto& [message, packet] : messages) {
    EXPECT_EQ(encode(message), packet);
    const auto read = decode_to_gateway(packet);
    ASSERT_TRUE(read) << packet;
    EXPECT_EQ(read->index(), message.index()) << packet;
    EXPECT_EQ(encode(*read), packet);
  }
}

TEST(HlsPipe, every_message_of_the_gateway_is_read_as_it_was_written) {
  const std::vector<std::pair<ToHost, std::string>> messages{
      {Ready{}, "ready"},
      {Pong{}, "pong"},
      {Heard{.stream = 7}, "heard 7"},
      {Released{.sim = "923244219594"}, "released 923244219594"},
      {Connect{.stream = 7}, "connect 7"},
      {Text{.stream = 7, .json = "{}"}, "text 7 {}"},
      {Disconnect{.stream = 7}, "disconnect 7"},
      {Flows{.stream = 7}, "flows 7"},
      {Notice{.stream = 7, .code = NoticeCode::disk_full, .sentence = "The disk is full."},
       "notice 7 disk-full The disk is full."},
      {Ended{.stream = 7}, "ended 7"},
      {Flowing{.stream = 7}, "flowing 7"},
  };
  for (const auto& [message, packet] : messages) {
    EXPECT_EQ(encode(message), packet);
    const auto read = decode_to_host(packet);
    ASSERT_TRUE(read) << packet;
    EXPECT_EQ(read->index(), message.index()) << packet;
    EXPECT_EQ(encode(*read), packet);
  }
}

TEST(HlsPipe, every_code_of_a_notice_has_its_name) {
  for (const auto code :
       {NoticeCode::transcoded, NoticeCode::too_many_transcoded, NoticeCode::disk_full,
        NoticeCode::media_failed, NoticeCode::unsupported_media, NoticeCode::wrong_certificate,
        NoticeCode::memory_full, NoticeCode::not_connected, NoticeCode::no_media, NoticeCode::left_out}) {
    const auto read = decode_to_host(encode(Notice{.stream = 1, .code = code, .sentence = {}}));
    ASSERT_TRUE(read && std::holds_alternative<Notice>(*read)) << name_of(code);
    EXPECT_EQ(std::get<Notice>(*read).code, code) << name_of(code);
  }
}

TEST(HlsPipe, the_last_word_is_the_rest_of_the_packet_whatever_it_holds) {
  using namespace std::string_literals;
  for (const std::string& rest : {""s, " "s, " two  blanks "s, "line\nline\0zero"s, "\xff\xfe"s}) {
    const auto read = decode_to_gateway(encode(ToGateway{Text{.stream = 3, .json = rest}}));
    ASSERT_TRUE(read && std::holds_alternative<Text>(*read)) << rest;
    EXPECT_EQ(std::get<Text>(*read).json, rest);
  }
}

TEST(HlsPipe, what_is_no_message_is_refused) {
  for (const char* packet : {"",
                             " ",
                             "open",
                             "open 1",
                             "open 1 ::1",
                             "open 1  sim",
                             "open x ::1 sim",
                             "open -1 ::1 sim",
                             "open  ::1 sim",
                             "open 1x ::1 sim",
                             "open 18446744073709551616 ::1 sim",
                             "connected",
                             "connected ",
                             "connected 1 ",
                             "connected 1 2",
                             "Connected 1",
                             "text 1",
                             "text",
                             "closed 1",
                             "closed 1 65536",
                             "closed 1 1000 ",
                             "close 1",
                             "close 1 gone",
                             "close 1 left ",
                             "ready",
                             "connect 1",
                             "take-up",
                             "ping 1"}) {
    EXPECT_FALSE(decode_to_gateway(packet)) << '"' << packet << '"';
  }
  for (const char* packet :
       {"", "ready ", "ready 1", "notice 1 disk-full", "notice 1 unknown sentence", "notice 1", "ended",
        "ended x", "open 1 sim", "disconnect 1 2", "pong 1", "heard", "released"}) {
    EXPECT_FALSE(decode_to_host(packet)) << '"' << packet << '"';
  }
}

TEST(HlsPipe, random_bytes_are_read_or_refused_and_nothing_else) {
  std::mt19937 random(1);  // NOLINT(*-msc51-cpp): the same bytes each time
  const std::vector<std::string> parts{"open", "close", "notice", "text", " ", "1", "99999999999999999999",
                                       "lost", "\n"};
  std::uniform_int_distribution<std::size_t> part(0, parts.size() - 1);
  for (int round = 0; round < 20'000; ++round) {
    std::string packet;
    for (std::size_t words = part(random); words > 0; --words) packet += parts[part(random)];
    const auto to_gateway = decode_to_gateway(packet);
    EXPECT_TRUE(!to_gateway || decode_to_gateway(encode(*to_gateway))) << packet;
    const auto to_host = decode_to_host(packet);
    EXPECT_TRUE(!to_host || decode_to_host(encode(*to_host))) << packet;
  }
}

}  // namespace
}  // namespace parley::hls::pipe
