#include "core/rules.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/channel_wire.hpp"
#include "core_session_test.hpp"

namespace parley {
namespace {

using std::chrono::seconds;
using Action = Moderation::Action;

const std::string lobby_of_one =
    R"({"type":"lobby","waiting":[{"id":"w1","name":"Zoe","identity":"zoe@x","dialect":"parley"}],)"
    R"("removed":[{"id":"b1","name":"Mallory"}]})";
const std::string moderator = R"(,"moderator":true)";

class SessionWithRules : public SessionTest {
 protected:
  /// What the host says without a number.
  Outputs say(const std::string& text) { return tell(input::SocketMessage{.socket = socket, .text = text}); }

  Outputs refuse(const std::string& code, const std::string& re = R"(,"re":"join")") {
    return say(R"({"type":"error","code":")" + code + R"(","message":"No.")" + re + "}");
  }

  Outputs welcome_with(const std::string& more, const std::string& peers = "") {
    heard = 0;
    return say(R"({"type":"joined","room":"r","session":"s","resumed":false,"self":"m","peers":[)" + peers +
               "]" + more + "}");
  }

  void join_room() {
    connect();
    (void)welcome();
  }

  Outputs moderate(Moderation wish) { return tell(input::Moderate{std::move(wish)}); }

  [[nodiscard]] std::string state() const {
    return session.snapshot().signaling + ' ' + session.snapshot().reason.code;
  }

  void hear_from(const std::string& id, const std::string& text) {
    said = tell(input::ChannelMessage{.connection = connection_of(id), .text = text});
  }

  /// In a room where only moderators share, with `id`, who says that it does.
  void meet_who_shares(const std::string& more = "") {
    connect();
    (void)welcome_with(R"(,"rules":{"share":"moderators"})", peer("a", "i", more));
    (void)tell(input::ChannelOpened{.connection = connection_of("a")});
    hear_from(
        "a",
        channel_wire::encode(channel_wire::Hello{
            .stream = 1, .first = 1, .received_stream = 0, .received = 0, .presence = {.screen = true}}));
  }

  Outputs said;
};

TEST_F(SessionWithRules, a_room_without_rules_has_those_of_everybody_and_says_nothing_of_them) {
  connect();
  const Outputs outputs = welcome();
  EXPECT_EQ(count<output::RulesChanged>(outputs) + count<output::RoleChanged>(outputs) +
                count<output::LobbyChanged>(outputs),
            0U);
  EXPECT_EQ(session.snapshot().rules, RoomRules());
  EXPECT_FALSE(session.snapshot().moderator);
}

TEST_F(SessionWithRules, a_welcome_tells_the_rules_and_whether_we_moderate) {
  connect();
  const Outputs outputs = welcome_with(
      moderator + R"(,"rules":{"private":true,"locked":true,"waitingRoom":true,"share":"moderators",)"
                  R"("chat":"moderators","members":5,"endsIn":60})");
  const RoomRules rules{.is_private = true,
                        .locked = true,
                        .waiting_room = true,
                        .share = Whom::moderators,
                        .chat = Whom::moderators,
                        .members = 5,
                        .ends = now + seconds(60)};
  EXPECT_EQ(only<output::RulesChanged>(outputs).rules, rules);
  EXPECT_TRUE(only<output::RoleChanged>(outputs).moderator);
  EXPECT_EQ(session.snapshot().rules, rules);
  EXPECT_TRUE(session.snapshot().moderator);
}

TEST_F(SessionWithRules, rules_and_roles_change_during_a_stay_and_end_with_it) {
  join_room();
  EXPECT_TRUE(only<output::RulesChanged>(hear(R"("type":"rules","rules":{"locked":true})")).rules.locked);
  EXPECT_TRUE(only<output::RoleChanged>(hear(R"("type":"role","moderator":true)")).moderator);
  const Outputs outputs = tell(input::Leave{});
  EXPECT_EQ(only<output::RulesChanged>(outputs).rules, RoomRules());
  EXPECT_FALSE(only<output::RoleChanged>(outputs).moderator);
}

TEST_F(SessionWithRules, a_moderator_is_told_of_the_lobby_until_it_resigns) {
  connect();
  (void)welcome_with(moderator);
  const Lobby lobby = only<output::LobbyChanged>(say(lobby_of_one)).lobby;
  EXPECT_EQ(lobby.waiting, std::vector<Lobby::Guest>({{"w1", "Zoe", "zoe@x", "parley"}}));
  EXPECT_EQ(lobby.removed, std::vector<Lobby::Guest>({{"b1", "Mallory", "", ""}}));
  EXPECT_EQ(session.snapshot().lobby, lobby);
  EXPECT_EQ(only<output::LobbyChanged>(hear(R"("type":"role","moderator":false)")).lobby, Lobby());
}

TEST_F(SessionWithRules, a_lobby_that_emptied_while_the_socket_was_lost_is_empty) {
  connect();
  (void)welcome_with(moderator);
  (void)say(lobby_of_one);
  lose_socket();
  reconnect();
  EXPECT_EQ(only<output::LobbyChanged>(resumed()).lobby, Lobby());
  EXPECT_TRUE(session.snapshot().moderator) << "what else has changed follows a resume";
}

TEST_F(SessionWithRules, who_waits_to_be_let_in_is_told_so_and_pings) {
  connect();
  const Outputs outputs = say(R"({"type":"waiting","room":"r"})");
  const auto told = only<output::StateChanged>(outputs);
  EXPECT_EQ(told.state, LinkState::connecting);
  EXPECT_EQ(told.reason.code, "waiting-room");
  EXPECT_EQ(state(), "waiting-room waiting-room");
  EXPECT_EQ(sent(advance(limits.heartbeat)), Strings{R"({"type":"ping","ack":0})"});
  EXPECT_TRUE(say(R"({"type":"pong","ack":0})").empty());
  EXPECT_EQ(count<output::CloseSocket>(advance(limits.heartbeat - seconds(1))), 0U);
  EXPECT_EQ(count<output::Joined>(welcome()), 1U);
  EXPECT_EQ(state(), "joined alone");
}

TEST_F(SessionWithRules, a_socket_lost_while_waiting_joins_and_waits_again) {
  connect();
  (void)say(R"({"type":"waiting","room":"r"})");
  lose_socket();
  EXPECT_EQ(state(), "waiting socket-closed");
  reconnect();
  (void)say(R"({"type":"waiting","room":"r"})");
  EXPECT_EQ(state(), "waiting-room waiting-room");
}

TEST_F(SessionWithRules, a_host_that_falls_silent_while_one_waits_is_tried_again) {
  connect();
  (void)say(R"({"type":"waiting","room":"r"})");
  EXPECT_EQ(count<output::CloseSocket>(advance(limits.heartbeat + limits.heartbeat_grace)), 1U);
  EXPECT_EQ(state(), "waiting host-silent");
}

TEST_F(SessionWithRules, a_new_name_while_waiting_follows_the_welcome) {
  connect();
  (void)say(R"({"type":"waiting","room":"r"})");
  EXPECT_TRUE(sent(tell(input::Update{.name = "Grace", .meta = {}})).empty());
  EXPECT_EQ(sent(welcome()), Strings{R"({"type":"update","seq":1,"name":"Grace","meta":{},"ack":0})"});
}

TEST_F(SessionWithRules, who_waits_may_leave) {
  connect();
  (void)say(R"({"type":"waiting","room":"r"})");
  const Outputs outputs = tell(input::Leave{});
  EXPECT_EQ(only_sent(outputs), R"({"type":"leave","seq":1,"ack":0})");
  EXPECT_EQ(state(), "closed left");
}

TEST_F(SessionWithRules, a_refusal_to_join_is_final) {
  for (const std::string code : {"room-locked", "no-such-room", "not-admitted", "removed", "room-full"}) {
    session = Session(room());
    connect();
    (void)say(R"({"type":"waiting","room":"r"})");
    EXPECT_EQ(only<output::ErrorRaised>(refuse(code)).reason.code, code);
    EXPECT_EQ(state(), "closed " + code);
    EXPECT_FALSE(session.next_timeout()) << code;
  }
}

TEST_F(SessionWithRules, who_is_removed_or_whose_room_ends_is_lost_and_stays_so) {
  for (const std::string code : {"removed", "room-ended"}) {
    session = Session(room());
    connect_with("a");
    const Outputs outputs = refuse(code, "");
    EXPECT_EQ(only<output::PeerLeft>(outputs).reason, code);
    EXPECT_EQ(count<output::ErrorRaised>(outputs), 0U) << "the state tells";
    EXPECT_EQ(only<output::StateChanged>(outputs).state, LinkState::lost);
    EXPECT_EQ(state(), "closed " + code);
    (void)tell(input::SocketClosed{.socket = socket, .code = 1008, .reason = {}});
    EXPECT_FALSE(session.next_timeout()) << code;
  }
}

TEST_F(SessionWithRules, who_may_not_come_back_talks_to_nobody_any_more) {
  connect_with("a");
  lose_socket();
  reconnect();
  EXPECT_EQ(only<output::PeerLeft>(refuse("room-locked")).reason, "room-locked");
  EXPECT_TRUE(peers().empty());
}

TEST_F(SessionWithRules, a_member_that_was_removed_is_gone_at_once) {
  connect_with("a");
  EXPECT_EQ(only<output::PeerLeft>(hear(R"("type":"peer-left","id":"a","reason":"removed")")).reason,
            "removed");
}

TEST_F(SessionWithRules, each_wish_of_a_moderator_is_a_message) {
  join_room();
  const auto text = [&](Moderation wish) { return only_sent(moderate(std::move(wish))); };
  EXPECT_EQ(text({.action = Action::admit, .id = "w1"}),
            R"({"type":"moderate","seq":1,"action":"admit","id":"w1","ack":0})");
  EXPECT_EQ(text({.action = Action::refuse}), R"({"type":"moderate","seq":2,"action":"refuse","ack":0})");
  EXPECT_EQ(text({.action = Action::ask, .id = "a", .what = "screen"}),
            R"({"type":"moderate","seq":3,"action":"ask","id":"a","what":"screen","ack":0})");
  EXPECT_EQ(text({.action = Action::rules,
                  .rules = {.locked = true, .chat = Whom::moderators, .members = 0, .ends_in = seconds(60)}}),
            R"({"type":"moderate","seq":4,"action":"rules",)"
            R"("rules":{"locked":true,"chat":"moderators","members":0,"endsIn":60},"ack":0})");
  EXPECT_EQ(text({.action = Action::end}), R"({"type":"moderate","seq":5,"action":"end","ack":0})");
}

TEST_F(SessionWithRules, what_a_moderator_may_not_do_is_an_error) {
  EXPECT_EQ(only<output::ErrorRaised>(moderate({.action = Action::end})).reason.code, "not-joined");
  join_room();
  const std::string re = R"(,"re":"moderate")";
  EXPECT_EQ(only<output::ErrorRaised>(refuse("not-moderator", re)).reason.code, "not-moderator");
  EXPECT_EQ(only<output::ErrorRaised>(refuse("no-such-peer", re)).reason.code, "no-such-peer");
  EXPECT_EQ(state(), "joined alone");
}

TEST_F(SessionWithRules, what_we_are_asked_for_is_told) {
  join_room();
  const auto asked = only<output::Asked>(hear(R"("type":"asked","what":"microphone","by":"a")"));
  EXPECT_EQ(asked.what + " by " + asked.by, "microphone by a");
  EXPECT_EQ(only<output::Asked>(hear(R"("type":"asked","what":"camera")")).by, "");
  EXPECT_EQ(count<output::Asked>(hear(R"("type":"asked","what":"passport")")), 0U);
}

TEST_F(SessionWithRules, a_screen_is_not_shown_where_its_sender_may_not_share) {
  meet_who_shares();
  EXPECT_FALSE(only<output::PresenceChanged>(said).presence.screen);
  const Outputs outputs = hear(R"("type":"rules","rules":{})");
  EXPECT_TRUE(only<output::PresenceChanged>(outputs).presence.screen) << "now it may";
}

TEST_F(SessionWithRules, a_moderators_screen_is_shown) {
  meet_who_shares(moderator);
  EXPECT_TRUE(only<output::PresenceChanged>(said).presence.screen);
  const Outputs outputs = hear(R"("type":"peer-updated","peer":)" + peer("a"));
  EXPECT_FALSE(only<output::PresenceChanged>(outputs).presence.screen) << "it has resigned";
}

}  // namespace
}  // namespace parley
