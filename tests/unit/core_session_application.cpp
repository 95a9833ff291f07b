#include "core/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "core_session_test.hpp"

namespace parley {
namespace {

// What the application may ask for.

TEST_F(SessionTest, a_message_to_all_goes_to_each_and_one_to_a_peer_to_it_alone) {
  connect();
  (void)welcome(peer("a") + "," + peer("z"));
  for (const char* id : {"a", "z"}) {
    (void)tell(input::ChannelOpened{.connection = connection_of(id)});
    (void)tell(
        input::ChannelMessage{.connection = connection_of(id), .text = R"({"type":"hello","stream":5})"});
  }
  EXPECT_EQ(count<output::SendChannel>(
                tell(input::SendMessage{.to = std::nullopt, .topic = "chat", .text = "all"})),
            2U);
  EXPECT_EQ(only<output::SendChannel>(tell(input::SendMessage{.to = "z", .topic = "chat", .text = "one"}))
                .connection,
            connection_of("z"));
}

TEST_F(SessionTest, a_message_from_a_peer_is_told_with_who_said_it) {
  connect_with("a");
  (void)tell(input::ChannelOpened{.connection = connection_of("a")});
  (void)tell(
      input::ChannelMessage{.connection = connection_of("a"), .text = R"({"type":"hello","stream":5})"});
  const Outputs outputs = tell(input::ChannelMessage{
      .connection = connection_of("a"), .text = R"({"type":"message","seq":1,"topic":"chat","text":"hi"})"});
  const auto message = only<output::MessageReceived>(outputs);
  EXPECT_EQ(message.peer, "a");
  EXPECT_EQ(message.topic, "chat");
  EXPECT_EQ(message.text, "hi");
}

TEST_F(SessionTest, a_message_to_nobody_is_an_error) {
  connect();
  (void)welcome();
  const auto error =
      only<output::ErrorRaised>(tell(input::SendMessage{.to = "x", .topic = "chat", .text = "hi"}));
  EXPECT_EQ(error.reason.code, "no-such-peer");
  EXPECT_EQ(error.peer, "x");
}

TEST_F(SessionTest, a_foreign_client_takes_no_messages_and_to_everybody_means_everybody_else) {
  connect();
  (void)welcome(R"({"id":"a","dialect":"fastapi","offers":false})");
  const input::SendMessage to_all{.to = std::nullopt, .topic = "chat", .text = "hi"};
  for (std::size_t i = 0; i <= limits.unacknowledged; ++i) ASSERT_EQ(tell(to_all).size(), 0U);
  const auto error =
      only<output::ErrorRaised>(tell(input::SendMessage{.to = "a", .topic = "chat", .text = "hi"}));
  EXPECT_EQ(error.reason.code, "no-channel");
  EXPECT_EQ(error.peer, "a");
}

TEST_F(SessionTest, a_message_that_is_too_big_is_an_error_and_not_sent) {
  connect_with("a");
  (void)tell(input::ChannelOpened{.connection = connection_of("a")});
  (void)tell(
      input::ChannelMessage{.connection = connection_of("a"), .text = R"({"type":"hello","stream":5})"});
  const input::SendMessage most{.to = std::nullopt,
                                .topic = std::string(limits.topic_bytes, 't'),
                                .text = std::string(limits.text_bytes, 'x')};
  EXPECT_EQ(count<output::SendChannel>(tell(most)), 1U);
  for (const auto part : {&input::SendMessage::topic, &input::SendMessage::text}) {
    input::SendMessage more = most;
    more.*part += "x";
    const Outputs outputs = tell(more);
    EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "message-too-big");
    EXPECT_EQ(count<output::SendChannel>(outputs), 0U);
  }
}

TEST_F(SessionTest, what_is_said_before_the_room_is_joined_is_delivered_once_it_is) {
  const input::SendMessage to_all{.to = std::nullopt, .topic = "chat", .text = "early"};
  EXPECT_EQ(count<output::ErrorRaised>(tell(to_all)), 0U);
  connect();
  EXPECT_EQ(
      count<output::ErrorRaised>(tell({input::SendMessage{.to = "a", .topic = "chat", .text = "later"}})),
      0U);
  (void)welcome(peer("a"));
  (void)tell(input::ChannelOpened{.connection = connection_of("a")});
  const auto said = all<output::SendChannel>(tell(
      input::ChannelMessage{.connection = connection_of("a"), .text = R"({"type":"hello","stream":5})"}));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_NE(said[0].text.find("early"), std::string::npos);
  EXPECT_NE(said[1].text.find("later"), std::string::npos);
}

TEST_F(SessionTest, what_is_said_early_to_somebody_who_is_not_here_is_an_error_once_that_is_known) {
  connect();
  (void)tell(input::SendMessage{.to = "x", .topic = "chat", .text = "hi"});
  EXPECT_EQ(only<output::ErrorRaised>(welcome(peer("a"))).reason.code, "no-such-peer");
}

TEST_F(SessionTest, what_waits_to_be_said_is_bounded) {
  const input::SendMessage message{.to = std::nullopt, .topic = "chat", .text = "x"};
  for (std::size_t i = 0; i < limits.unacknowledged; ++i)
    ASSERT_EQ(count<output::ErrorRaised>(tell(message)), 0U);
  EXPECT_EQ(only<output::ErrorRaised>(tell(message)).reason.code, "channel-full");
}

TEST_F(SessionTest, what_is_said_after_leaving_is_refused_and_what_waited_is_forgotten) {
  const input::SendMessage message{.to = "a", .topic = "chat", .text = "hi"};
  (void)tell(input::Join{});
  (void)tell(message);
  (void)tell(input::Leave{});
  const auto error = only<output::ErrorRaised>(tell(message));
  EXPECT_EQ(error.reason.code, "not-joined");
  EXPECT_EQ(error.peer, "a");
  connect();
  EXPECT_EQ(count<output::ErrorRaised>(welcome()), 0U) << "else it would miss a";
}

// Names that no host takes.

TEST(Session, a_room_or_name_that_no_host_takes_is_refused_without_asking_one) {
  const std::string long_name(limits.name_bytes + 1, 'x');
  for (const auto& [name_of_room, name, code] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"", "Ada", "bad-room"},
                                                                      {".", "Ada", "bad-room"},
                                                                      {"..", "Ada", "bad-room"},
                                                                      {long_name, "Ada", "bad-room"},
                                                                      {"r", long_name, "bad-name"}}) {
    Config config = room();
    config.room = name_of_room;
    config.name = name;
    Session session(config);
    for (const Input& wish : {Input(input::Join{}), Input(input::Retry{}), Input(input::Join{})}) {
      session.handle(wish, start);
      Outputs outputs = {};
      while (auto output = session.poll()) outputs.push_back(std::move(*output));
      EXPECT_EQ(count<output::OpenSocket>(outputs), 0U) << name_of_room;
      EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, code) << name_of_room;
    }
    EXPECT_EQ(session.snapshot().state, LinkState::lost);
    EXPECT_EQ(session.snapshot().reason.code, code);
  }
}

TEST(Session, names_of_exactly_the_limit_and_of_dots_and_more_are_taken) {
  for (const std::string& name_of_room :
       {std::string(limits.name_bytes, 'x'), std::string("..."), std::string(".well-known")}) {
    Config config = room();
    config.room = name_of_room;
    config.name = std::string(limits.name_bytes, 'n');
    Session session(config);
    session.handle(input::Join{}, start);
    EXPECT_EQ(session.snapshot().signaling, "connecting") << name_of_room;
  }
}

TEST_F(SessionTest, a_message_that_is_too_big_once_it_is_json_is_an_error_and_not_sent) {
  connect_with("a");
  const Outputs outputs =
      tell(input::SendMessage{.to = "a", .topic = "", .text = std::string(limits.channel_bytes / 6, '\0')});
  EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "message-too-big");
}

TEST_F(SessionTest, a_peer_that_takes_nothing_more_is_an_error) {
  connect_with("a");
  const input::SendMessage message{.to = "a", .topic = "chat", .text = "x"};
  for (std::size_t i = 0; i < limits.unacknowledged; ++i) ASSERT_EQ(tell(message).size(), 0U);
  EXPECT_EQ(only<output::ErrorRaised>(tell(message)).reason.code, "channel-full");
}

TEST_F(SessionTest, presence_goes_to_those_who_are_here_and_to_those_who_come) {
  connect_with("a");
  (void)tell(input::ChannelOpened{.connection = connection_of("a")});
  const Outputs outputs =
      tell(input::SetPresence{.presence = {.microphone = true, .camera = false, .screen = false}});
  EXPECT_NE(only<output::SendChannel>(outputs).text.find(R"("microphone":true)"), std::string::npos);
  (void)hear(R"("type":"peer-joined","peer":)" + peer("z"));
  const Outputs opened = tell(input::ChannelOpened{.connection = connection_of("z")});
  EXPECT_NE(only<output::SendChannel>(opened).text.find(R"("microphone":true)"), std::string::npos);
}

TEST_F(SessionTest, a_slot_is_opened_towards_those_who_are_here_and_those_who_come) {
  connect();
  (void)welcome();
  (void)hear(R"("type":"peer-joined","peer":)" + peer("a"));
  const Slot screen{.name = "screen", .kind = MediaKind::video};
  EXPECT_EQ(only<output::AddSlot>(tell(input::OpenSlot{.slot = screen})).slot, screen);
  EXPECT_EQ(tell(input::OpenSlot{.slot = screen}).size(), 0U);
  EXPECT_EQ(only<output::AddSlot>(hear(R"("type":"peer-joined","peer":)" + peer("z"))).slot, screen);
}

TEST_F(SessionTest, a_new_name_is_told_to_the_host) {
  connect();
  (void)welcome();
  EXPECT_EQ(only_sent(tell(input::Update{.name = "Ada L.", .meta = std::nullopt})),
            R"({"type":"update","seq":1,"name":"Ada L.","ack":0})");
}

// Kept, it would have the host refuse the next join, and the session would be over.
TEST_F(SessionTest, a_name_or_metadata_that_the_host_would_refuse_is_refused_here) {
  connect();
  (void)welcome();
  const std::string quotes = "\"\"";
  for (const input::Update& update :
       {input::Update{.name = std::string(limits.name_bytes + 1, 'x'), .meta = std::nullopt},
        input::Update{.name = std::nullopt, .meta = std::string(limits.meta_bytes + 1, '1')},
        input::Update{.name = std::nullopt, .meta = "{"}}) {
    const Outputs outputs = tell(update);
    EXPECT_EQ(only<output::ErrorRaised>(outputs).reason.code, "bad-field");
    EXPECT_EQ(count<output::SendSocket>(outputs), 0U);
  }
  EXPECT_EQ(count<output::SendSocket>(
                tell(input::Update{.name = std::string(limits.name_bytes, 'x'),
                                   .meta = "\"" + std::string(limits.meta_bytes - 2, 'x') + "\""})),
            1U);
}

TEST_F(SessionTest, a_lost_peer_is_tried_again_alone) {
  connect();
  (void)welcome(peer("a") + "," + peer("z"));
  (void)advance(Duration{1});
  const Outputs outputs = tell(input::Retry{.peer = "a"});
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "a");
}

TEST_F(SessionTest, a_retry_leaves_connections_that_work_alone) {
  connect_with("a");
  const Outputs outputs = tell(input::Retry{});
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_EQ(count<output::CreatePeer>(outputs), 0U);
}

TEST_F(SessionTest, that_a_peer_left_while_something_was_on_its_way_is_no_error) {
  connect();
  (void)welcome();
  EXPECT_EQ(
      count<output::ErrorRaised>(hear(R"("type":"error","code":"no-such-peer","message":"","re":"signal")")),
      0U);
  EXPECT_EQ(
      only<output::ErrorRaised>(hear(R"("type":"error","code":"too-fast","message":"Slow.","re":"signal")"))
          .reason.code,
      "too-fast");
}

// The one state that a user interface shows.

TEST_F(SessionTest, the_state_follows_the_host_and_then_the_peers) {
  EXPECT_EQ(session.snapshot().state, LinkState::connecting);
  EXPECT_EQ(session.snapshot().reason.code, "idle");
  connect();
  EXPECT_EQ(session.snapshot().state, LinkState::connecting);
  EXPECT_EQ(session.snapshot().reason.code, "connecting");
  (void)welcome();
  EXPECT_EQ(session.snapshot().state, LinkState::connected);
  EXPECT_EQ(session.snapshot().reason.code, "alone");
  (void)hear(R"("type":"peer-joined","peer":)" + peer("a"));
  EXPECT_EQ(session.snapshot().state, LinkState::connecting);
  (void)change("a", PeerConnectionState::connected);
  EXPECT_EQ(session.snapshot().state, LinkState::connected);
  EXPECT_EQ(session.snapshot().reason.code, "connected");
  (void)change("a", PeerConnectionState::disconnected);
  EXPECT_EQ(session.snapshot().state, LinkState::reconnecting);
  EXPECT_EQ(session.snapshot().reason.code, "ice-disconnected");
  lose_socket();
  EXPECT_EQ(session.snapshot().state, LinkState::reconnecting);
  EXPECT_EQ(session.snapshot().reason.code, "socket-closed");
}

TEST_F(SessionTest, a_host_that_was_never_reached_is_still_being_connected_to) {
  (void)tell(input::Join{});
  lose_socket();
  EXPECT_EQ(session.snapshot().state, LinkState::connecting);
  EXPECT_EQ(session.snapshot().reason.code, "socket-closed");
}

TEST_F(SessionTest, one_lost_peer_among_others_that_work_does_not_make_the_room_lost) {
  connect();
  (void)welcome(peer("a") + "," + peer("z"));
  (void)change("z", PeerConnectionState::connected);
  while (session.snapshot().peers[0].state != LinkState::lost) {
    if (now > start + Duration{200'000}) FAIL() << "never lost";
    (void)wake();
    (void)tell(input::SocketMessage{.socket = socket, .text = R"({"type":"pong"})"});
  }
  EXPECT_EQ(session.snapshot().state, LinkState::connected);
  (void)hear(R"("type":"peer-left","id":"z")");
  EXPECT_EQ(session.snapshot().state, LinkState::lost);
  EXPECT_EQ(session.snapshot().reason.code, "no-answer");
}

TEST_F(SessionTest, a_state_is_announced_only_when_it_or_its_reason_changes) {
  connect();
  EXPECT_EQ(count<output::StateChanged>(welcome()), 1U);
  EXPECT_EQ(count<output::StateChanged>(tell(input::NetworkChanged{})), 0U);
  EXPECT_EQ(count<output::StateChanged>(hear(R"("type":"peer-joined","peer":)" + peer("a"))), 1U);
}

}  // namespace
}  // namespace parley
