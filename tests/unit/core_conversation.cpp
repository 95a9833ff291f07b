#include "core/conversation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/channel_wire.hpp"
#include "core/limits.hpp"
#include "core_outputs.hpp"

namespace parley {
namespace {

using Texts = std::vector<std::string>;

std::string greeting(std::uint32_t stream) {
  channel_wire::Hello hello;
  hello.stream = stream;
  return channel_wire::encode(hello);
}

/// One end of a channel, and what it wrote and told its application.
struct End {
  explicit End(std::uint32_t stream, Presence presence = {})
      : conversation("peer", stream, presence, false, outputs) {}

  /// What it told its application since the last call.
  Texts heard() {
    Texts texts;
    Outputs rest;
    for (Output& output : outputs) {
      if (const auto* message = std::get_if<output::MessageReceived>(&output)) {
        texts.push_back(message->text);
      } else {
        rest.push_back(std::move(output));
      }
    }
    outputs = std::move(rest);
    return texts;
  }

  /// What it wrote to the channel since the last call.
  std::vector<output::SendChannel> written() { return all<output::SendChannel>(drain(outputs)); }

  Outputs outputs;
  Conversation conversation;
};

/// Two ends and the data channel between them, ordered and reliable as long as it lives.
class ConversationTest : public testing::Test {
 protected:
  void open(ConnectionId id) {
    channel = id;
    a.conversation.opened(id);
    b.conversation.opened(id);
  }

  void close() {
    a.conversation.closed(channel);
    b.conversation.closed(channel);
  }

  /// SignalKind everything over, back and forth, until both are silent.
  void carry() {
    while (carry_from(a, b) || carry_from(b, a)) {
    }
  }

  bool carry_from(End& from, End& to) {
    const auto texts = all<output::SendChannel>(from.outputs);
    std::erase_if(from.outputs,
                  [](const Output& o) { return std::holds_alternative<output::SendChannel>(o); });
    for (const auto& text : texts) to.conversation.received(text.connection, text.text, now);
    return !texts.empty();
  }

  void say(End& end, const std::string& text) { EXPECT_TRUE(end.conversation.send("chat", text)); }

  void acknowledge() {
    now += limits.ack_delay;
    a.conversation.timeout(now);
    b.conversation.timeout(now);
    carry();
  }

  Instant now = start;
  ConnectionId channel = 0;
  End a{1};
  End b{2};
};

TEST_F(ConversationTest, what_one_says_the_other_hears) {
  open(1);
  carry();
  say(a, "hello");
  say(b, "hi");
  carry();
  EXPECT_EQ(b.heard(), Texts{"hello"});
  EXPECT_EQ(a.heard(), Texts{"hi"});
}

TEST_F(ConversationTest, what_is_said_before_there_is_a_channel_arrives_when_there_is_one) {
  say(a, "1");
  say(a, "2");
  EXPECT_EQ(a.outputs.size(), 0U);
  open(1);
  say(a, "3");
  carry();
  EXPECT_EQ(b.heard(), (Texts{"1", "2", "3"}));
}

TEST_F(ConversationTest, what_a_broken_channel_lost_arrives_over_the_next_one) {
  open(1);
  carry();
  say(a, "lost");
  a.outputs.clear();
  close();
  say(a, "later");
  open(2);
  carry();
  EXPECT_EQ(b.heard(), (Texts{"lost", "later"}));
}

TEST_F(ConversationTest, what_arrived_without_its_acknowledgement_does_not_arrive_again) {
  open(1);
  carry();
  say(a, "once");
  carry();
  EXPECT_EQ(b.heard(), Texts{"once"});
  close();
  open(2);
  carry();
  EXPECT_EQ(b.heard(), Texts{});
  say(a, "next");
  carry();
  EXPECT_EQ(b.heard(), Texts{"next"});
}

TEST_F(ConversationTest, messages_stay_exactly_once_and_in_order_over_many_broken_channels) {
  Texts said;
  Texts heard;
  for (ConnectionId id = 1; id <= 50; ++id) {
    open(id);
    if (id % 3 != 0) carry();
    for (int i = 0; i < 3; ++i) {
      said.push_back(std::to_string(said.size()));
      say(a, said.back());
      if (id % 2 == 0) carry();
    }
    if (id % 5 == 0) acknowledge();
    const Texts more = b.heard();
    heard.insert(heard.end(), more.begin(), more.end());
    a.outputs.clear();
    b.outputs.clear();
    close();
  }
  open(100);
  carry();
  const Texts rest = b.heard();
  heard.insert(heard.end(), rest.begin(), rest.end());
  EXPECT_EQ(heard, said);
}

TEST_F(ConversationTest, an_acknowledgement_is_owed_for_a_moment_and_then_sent) {
  open(1);
  carry();
  EXPECT_EQ(b.conversation.next_timeout(), Deadline{});
  say(a, "hello");
  carry();
  (void)b.heard();
  EXPECT_EQ(b.conversation.next_timeout(), now + limits.ack_delay);
  b.conversation.timeout(now + limits.ack_delay);
  EXPECT_EQ(b.conversation.next_timeout(), Deadline{});
  ASSERT_EQ(b.written().size(), 1U);
}

TEST_F(ConversationTest, without_a_channel_nothing_wakes_it) {
  open(1);
  carry();
  say(a, "hello");
  carry();
  close();
  EXPECT_EQ(b.conversation.next_timeout(), Deadline{});
}

TEST_F(ConversationTest, a_peer_that_takes_nothing_is_told_no_more_than_the_limit) {
  for (std::size_t i = 0; i < limits.unacknowledged; ++i) say(a, "x");
  EXPECT_FALSE(a.conversation.send("chat", "one too many"));
  open(1);
  carry();
  EXPECT_EQ(b.heard().size(), limits.unacknowledged);
  acknowledge();
  EXPECT_TRUE(a.conversation.send("chat", "and on"));
}

TEST_F(ConversationTest, a_peer_that_takes_nothing_keeps_no_more_than_the_limit_of_bytes_here) {
  const std::string big(limits.text_bytes - 100, 'x');
  std::size_t taken = 0;
  while (a.conversation.send("file", big)) ++taken;
  EXPECT_LE(taken * big.size(), limits.unacknowledged_bytes + big.size());
}

TEST_F(ConversationTest, presence_is_told_when_the_channel_opens_and_when_it_changes) {
  End muted(3, {.microphone = false, .camera = true, .screen = false});
  muted.conversation.opened(1);
  b.conversation.opened(1);
  carry_from(muted, b);
  EXPECT_EQ(only<output::PresenceChanged>(drain(b.outputs)).presence, Presence{.camera = true});
  EXPECT_EQ(b.conversation.presence(), Presence{.camera = true});
  muted.conversation.set_presence({.microphone = true, .camera = true, .screen = false});
  carry_from(muted, b);
  EXPECT_EQ(only<output::PresenceChanged>(drain(b.outputs)).presence,
            (Presence{.microphone = true, .camera = true, .screen = false}));
}

TEST_F(ConversationTest, the_first_presence_is_news_even_where_all_is_off) {
  open(1);
  carry();
  EXPECT_EQ(only<output::PresenceChanged>(drain(b.outputs)).presence, Presence{});
}

TEST_F(ConversationTest, presence_that_did_not_change_is_not_told) {
  open(1);
  carry();
  (void)drain(a.outputs);
  (void)drain(b.outputs);
  a.conversation.set_presence({});
  EXPECT_EQ(a.outputs.size(), 0U);
  close();
  open(2);
  carry();
  EXPECT_EQ(count<output::PresenceChanged>(b.outputs), 0U);
}

TEST_F(ConversationTest, presence_that_changed_without_a_channel_is_told_on_the_next) {
  open(1);
  carry();
  close();
  a.conversation.set_presence({.screen = true});
  open(2);
  carry();
  EXPECT_EQ(b.conversation.presence(), Presence{.screen = true});
}

TEST_F(ConversationTest, an_old_channel_has_nothing_more_to_say) {
  open(1);
  carry();
  open(2);
  carry();
  b.conversation.received(
      1, channel_wire::encode(channel_wire::Text{.sequence = 1, .topic = "t", .text = "x"}), now);
  EXPECT_EQ(b.heard(), Texts{});
  b.conversation.closed(1);
  EXPECT_TRUE(b.conversation.open());
}

// The other side forgot this one and met it anew, so its stream is another.
TEST_F(ConversationTest, a_peer_that_starts_over_is_heard_from_its_beginning) {
  open(1);
  carry();
  say(a, "before");
  carry();
  EXPECT_EQ(b.heard(), Texts{"before"});
  End again(3);
  again.conversation.opened(2);
  b.conversation.opened(2);
  EXPECT_TRUE(again.conversation.send("chat", "after"));
  carry_from(b, again);
  carry_from(again, b);
  EXPECT_EQ(b.heard(), Texts{"after"});
}

TEST_F(ConversationTest, a_newcomer_to_a_stream_hears_what_is_still_kept_of_it) {
  open(1);
  carry();
  say(a, "acknowledged");
  carry();
  acknowledge();
  close();
  say(a, "kept");
  End newcomer(3);
  a.conversation.opened(2);
  newcomer.conversation.opened(2);
  carry_from(newcomer, a);
  carry_from(a, newcomer);
  EXPECT_EQ(newcomer.heard(), Texts{"kept"});
}

// What a peer may send at worst.

TEST_F(ConversationTest, garbage_is_ignored) {
  open(1);
  carry();
  (void)drain(b.outputs);
  for (const char* text : {"", "{", "\xff", "{}", R"({"type":"message"})", R"({"type":"hello"})"}) {
    b.conversation.received(1, text, now);
  }
  EXPECT_EQ(b.outputs.size(), 0U);
  say(a, "still here");
  carry();
  EXPECT_EQ(b.heard(), Texts{"still here"});
}

TEST_F(ConversationTest, a_text_before_the_greeting_or_out_of_order_is_not_passed_on) {
  const auto text = [](Sequence sequence) {
    return channel_wire::encode(channel_wire::Text{.sequence = sequence, .topic = "t", .text = "x"});
  };
  b.conversation.opened(1);
  b.conversation.received(1, text(1), now);
  EXPECT_EQ(b.heard(), Texts{});
  b.conversation.received(1, greeting(9), now);
  b.conversation.received(1, text(2), now);
  EXPECT_EQ(b.heard(), Texts{});
  b.conversation.received(1, text(1), now);
  EXPECT_EQ(b.heard(), Texts{"x"});
}

TEST_F(ConversationTest, greeting_again_and_again_replays_nothing) {
  say(a, "once");
  open(1);
  carry();
  (void)drain(a.outputs);
  for (int i = 0; i < 100; ++i) {
    a.conversation.received(1, greeting(2), now);
  }
  EXPECT_EQ(a.outputs.size(), 0U);
}

TEST_F(ConversationTest, an_acknowledgement_of_what_was_never_said_harms_the_peer_alone) {
  open(1);
  carry();
  a.conversation.received(1, channel_wire::encode(channel_wire::Ack{.received = UINT64_MAX}), now);
  say(a, "hello");
  carry();
  EXPECT_EQ(b.heard(), Texts{"hello"});
}

}  // namespace
}  // namespace parley
