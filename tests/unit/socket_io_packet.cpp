#include "socket_io/packet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "socket_io/placeholders.hpp"

namespace parley::socket_io {
namespace {

TEST(SocketIoPacket, what_is_decoded_encodes_to_the_same_text) {
  for (const std::string_view text :
       {"0", "0{\"token\":\"123\"}", "0/admin,{\"a\":1}", "1", "1/admin,", "2[\"foo\"]", "2/admin,[\"bar\"]",
        "212[\"foo\"]", "3/admin,13[\"bar\"]", "312[]", "51-[\"baz\",{\"_placeholder\":true,\"num\":0}]",
        "52-/admin,7[\"baz\"]", "61-15[\"bar\"]", "50-[\"none\"]", "2[\"nul \\u0000 and \\ud83d\\ude00\"]"}) {
    const auto packet = decode(text);
    ASSERT_TRUE(packet) << text;
    EXPECT_EQ(encode(*packet), text);
  }
}

TEST(SocketIoPacket, its_parts_are_told_apart) {
  const auto packet = decode("52-/admin,789[\"baz\", 1]");
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->type, PacketType::binary_event);
  EXPECT_EQ(packet->attachments, 2U);
  EXPECT_EQ(packet->nsp, "/admin");
  EXPECT_EQ(packet->id, 789U);
  EXPECT_EQ(packet->payload, "[\"baz\", 1]");
}

TEST(SocketIoPacket, a_namespace_needs_no_comma_where_nothing_follows) {
  EXPECT_EQ(decode("0/custom")->nsp, "/custom");
  EXPECT_EQ(decode("0")->nsp, "/");
}

TEST(SocketIoPacket, what_a_client_may_not_send_is_refused) {
  for (const std::string_view text : {"",
                                      "a",
                                      "abc",
                                      "7",
                                      "8[]",
                                      "-1",
                                      "2",
                                      "2{}",
                                      "2\"a\"",
                                      "2abc[\"a\"]",
                                      "2[\"a\"",
                                      "2[\"a\"]x",
                                      "2[\"a\",]",
                                      "0[]",
                                      "0\"x\"",
                                      "0{",
                                      "0{}x",
                                      "1{}",
                                      "1[]",
                                      "3[]",
                                      "3",
                                      "312",
                                      "312{}",
                                      "4",
                                      "4{\"message\":\"x\"}",
                                      "5[\"a\"]",
                                      "5-[\"a\"]",
                                      "5x-[\"a\"]",
                                      "5-1-[\"a\"]",
                                      "51[\"a\"]",
                                      "51.5-[\"a\"]",
                                      "61-[]",
                                      "299999999999999999999[\"a\"]",
                                      "599999999999999999999-[\"a\"]",
                                      "2/admin[\"a\"]",
                                      "2-1[\"a\"]"})
    EXPECT_FALSE(decode(text)) << text;
}

TEST(SocketIoPacket, a_payload_nested_too_deeply_is_refused) {
  const auto nested = [](std::size_t levels) {
    return "2" + std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(decode(nested(64)));
  EXPECT_FALSE(decode(nested(65)));
  EXPECT_FALSE(decode(nested(500'000)));
}

TEST(SocketIoCall, is_a_name_and_its_arguments) {
  struct Case {
    std::string_view payload;
    std::string_view name;
    std::string_view args;
  };
  constexpr std::array cases{
      Case{R"(["foo"])", "foo", "[]"},
      Case{R"( [ "foo" ] )", "foo", "[]"},
      Case{R"(["foo",1,"2",{"3":[true]}])", "foo", R"([1,"2",{"3":[true]}])"},
      Case{R"(["\u0066oo\n" , [] ])", "foo\n", "[[] ]"},
      Case{R"(["",null])", "", "[null]"},
      Case{"[1,2]", "1", "[2]"},
  };
  for (const Case& c : cases) {
    const auto call = read_call(std::string(c.payload));
    ASSERT_TRUE(call) << c.payload;
    EXPECT_EQ(call->name, c.name);
    EXPECT_EQ(call->args, c.args);
  }
}

TEST(SocketIoCall, needs_a_name_that_is_not_reserved) {
  for (const std::string_view payload :
       {"[]", "[null]", "[{}]", "[[\"a\"]]", "[true]", R"(["connect"])", R"(["connect_error"])",
        R"(["disconnect"])", R"(["disconnecting"])", R"(["newListener"])", R"(["removeListener"])",
        R"(["\u0063onnect"])"})
    EXPECT_FALSE(read_call(std::string(payload))) << payload;
}

TEST(SocketIoPacket, of_a_client_is_read_to_the_end) {
  const auto event = read(R"(2/admin,7["foo",{"a":1}])");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->nsp, "/admin");
  EXPECT_EQ(event->id, 7U);
  EXPECT_EQ(event->name, "foo");
  EXPECT_EQ(event->payload, R"([{"a":1}])");
  EXPECT_EQ(read("0{\"token\":1}")->payload, "{\"token\":1}");
  EXPECT_EQ(read("312[1]")->payload, "[1]");
  EXPECT_EQ(read(R"(51-["foo",{"_placeholder":true,"num":0}])")->attachments, 1U);
  for (const char* wrong : {"", "2", "2[]", "2[\"a\"", "2[\"a\"]x", R"(2["connect"])", "0[]", "1x", "3[1]",
                            "4{}", R"(51-["foo",{"_placeholder":true,"num":1}])"})
    EXPECT_FALSE(read(wrong)) << wrong;
}

TEST(SocketIoCall, is_written_as_an_array) {
  EXPECT_EQ(encode(Call{.name = "foo"}), R"(["foo"])");
  EXPECT_EQ(encode(Call{.name = "a\"b\n", .args = R"([1,{"x":[]}])"}), R"(["a\"b\n",1,{"x":[]}])");
  EXPECT_EQ(encode(Call{.name = "foo", .args = "[ ]"}), R"(["foo"])");
  EXPECT_EQ(encode(Call{.name = "foo", .args = "[ 1]"}), R"(["foo",1])");
}

TEST(SocketIoPlaceholders, stand_for_attachments_that_there_are) {
  EXPECT_TRUE(placeholders_fit(R"(["a",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]])", 2));
  EXPECT_TRUE(placeholders_fit(R"(["a",{"_placeholder":false,"num":9}])", 1));
  EXPECT_TRUE(placeholders_fit(R"(["a"])", 1));
  for (const std::string_view json :
       {R"([{"_placeholder":true,"num":1}])", R"([{"_placeholder":true,"num":-1}])",
        R"([{"_placeholder":true}])", R"([{"_placeholder":true,"num":"0"}])",
        R"([{"x":{"_placeholder":true,"num":0.5}}])"})
    EXPECT_FALSE(placeholders_fit(json, 1)) << json;
}

}  // namespace
}  // namespace parley::socket_io
