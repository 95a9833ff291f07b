#include "core/channel_wire.hpp"

#include <gtest/gtest.h>

namespace parley::channel_wire {
namespace {

template <class Kind>
Kind decoded(std::string_view text) {
  const auto message = decode(text);
  const Kind* kind = message ? std::get_if<Kind>(&*message) : nullptr;
  EXPECT_NE(kind, nullptr) << text;
  return kind == nullptr ? Kind{} : *kind;
}

TEST(ChannelWire, a_greeting_is_read_as_it_was_written) {
  const auto hello =
      decoded<Hello>(encode(Hello{.stream = 7,
                                  .first = 3,
                                  .received_stream = 9,
                                  .received = 12,
                                  .presence = {.microphone = true, .camera = false, .screen = true}}));
  EXPECT_EQ(hello.stream, 7U);
  EXPECT_EQ(hello.first, 3U);
  EXPECT_EQ(hello.received_stream, 9U);
  EXPECT_EQ(hello.received, 12U);
  EXPECT_EQ(hello.presence, (Presence{.microphone = true, .camera = false, .screen = true}));
}

TEST(ChannelWire, a_text_is_read_as_it_was_written) {
  const auto text = decoded<Text>(encode(Text{.sequence = 4, .topic = "chat", .text = "\"h\u00e9\"\n"}));
  EXPECT_EQ(text.sequence, 4U);
  EXPECT_EQ(text.topic, "chat");
  EXPECT_EQ(text.text, "\"h\u00e9\"\n");
}

TEST(ChannelWire, presence_and_acknowledgement_are_read_as_they_were_written) {
  EXPECT_EQ(decoded<PresenceMessage>(encode(PresenceMessage{.presence = {.camera = true}})).presence,
            Presence{.camera = true});
  EXPECT_EQ(decoded<Ack>(encode(Ack{.received = 5})).received, 5U);
}

TEST(ChannelWire, a_step_of_a_verification_is_read_as_it_was_written) {
  for (const VerifyStep step : {VerifyStep::commit, VerifyStep::nonce, VerifyStep::reveal}) {
    const auto verify = decoded<Verify>(encode(Verify{.step = step, .value = "0f"}));
    EXPECT_EQ(verify.step, step);
    EXPECT_EQ(verify.value, "0f");
  }
  EXPECT_EQ(decoded<Verify>(R"({"type":"verify","step":"commit"})").value, "");
}

TEST(ChannelWire, a_greeting_says_whether_its_sender_can_verify) {
  EXPECT_TRUE(decoded<Hello>(encode(Hello{.stream = 7, .presence = {}, .verifies = true})).verifies);
  EXPECT_FALSE(decoded<Hello>(encode(Hello{.stream = 7, .presence = {}})).verifies);
  EXPECT_TRUE(decoded<Hello>(R"({"type":"hello","verify":2})").verifies) << "newer ones know version 1, too";
  EXPECT_FALSE(decoded<Hello>(R"({"type":"hello","verify":true})").verifies);
}

TEST(ChannelWire, a_greeting_that_says_little_is_one_from_the_beginning) {
  const auto hello = decoded<Hello>(R"({"type":"hello","stream":-1,"presence":7})");
  EXPECT_EQ(hello.stream, 0U) << "no stream: such a greeting counts for nothing";
  EXPECT_EQ(hello.first, 1U);
  EXPECT_EQ(hello.received, 0U);
  EXPECT_EQ(hello.presence, Presence{});
}

TEST(ChannelWire, what_is_none_of_these_messages_is_nothing) {
  for (const char* text :
       {"", "hello", "{}", R"({"type":"other"})", R"({"type":"verify","value":"0f"})",
        R"({"type":"verify","step":"x"})", R"({"type":"message","topic":"t","text":"x"})",
        R"({"type":"message","seq":1,"text":"x"})", R"({"type":"message","seq":1,"topic":"t"})",
        R"({"type":"message","seq":1.5,"topic":"t","text":"x"})", "{\"type\":\"\xff\"}"}) {
    EXPECT_FALSE(decode(text)) << text;
  }
}

}  // namespace
}  // namespace parley::channel_wire
