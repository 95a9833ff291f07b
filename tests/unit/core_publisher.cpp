// A publisher whose media goes to the host's media gateway: a member that is seen, and nobody to connect
// with.

#include <gtest/gtest.h>

#include <string>

#include "core_session_test.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;

const std::string sim = "12345";

std::string publisher(const std::string& incarnation = "i-1", bool streams = true) {
  return R"({"id":"12345","name":"","meta":{},"incarnation":")" + incarnation +
         R"(","dialect":"sim","away":false,"offers":true,"streams":)" + (streams ? "true" : "false") + "}";
}

std::string joins(const std::string& member) {
  return R"("type":"peer-joined","peer":)" + member;
}

class CorePublisher : public SessionTest {
 protected:
  /// In the room, alone, with nothing left to do.
  void enter() {
    connect();
    (void)welcome();
    (void)advance(1s);
  }

  [[nodiscard]] PeerSnapshot seen() const {
    const auto peers = session.snapshot().peers;
    EXPECT_EQ(peers.size(), 1U);
    return peers.empty() ? PeerSnapshot{} : peers.front();
  }
};

TEST_F(CorePublisher, who_streams_is_shown_and_no_connection_is_made) {
  enter();
  const Outputs outputs = hear(joins(publisher()));
  EXPECT_EQ(only<output::PeerJoined>(outputs).peer.id, sim);
  EXPECT_TRUE(only<output::PeerJoined>(outputs).peer.streams);
  const auto told = only<output::PeerStateChanged>(outputs);
  EXPECT_EQ(told.state, LinkState::connected);
  EXPECT_EQ(told.reason.code, "streams");
  EXPECT_EQ(only<output::VerificationChanged>(outputs).verification.reason.code, "streams");
  EXPECT_EQ(outputs.size(), 3U) << "and nothing else follows";
  EXPECT_EQ(seen().info.id, sim);
  EXPECT_EQ(seen().connection, std::nullopt);
}

TEST_F(CorePublisher, who_streams_already_when_we_come_is_shown_likewise) {
  connect();
  const Outputs outputs = welcome(publisher());
  EXPECT_EQ(only<output::PeerStateChanged>(outputs).reason.code, "streams");
  for (const auto& made : all<output::CreatePeer>(outputs)) EXPECT_EQ(made.peer, "") << "made ahead";
  EXPECT_EQ(count<output::SetLocalDescription>(outputs), 1U) << "that one's";
}

TEST_F(CorePublisher, nothing_is_tried_however_long_it_is_there) {
  enter();
  (void)hear(joins(publisher()));
  const Outputs outputs = advance(10min);
  EXPECT_EQ(count<output::PeerStateChanged>(outputs), 0U);
  EXPECT_EQ(count<output::ErrorRaised>(outputs), 0U);
  for (const auto& made : all<output::CreatePeer>(outputs)) EXPECT_EQ(made.peer, "");
  for (const std::string& text : sent(outputs)) EXPECT_EQ(text.find("signal"), std::string::npos) << text;
  EXPECT_EQ(seen().state, LinkState::connected);
}

TEST_F(CorePublisher, has_no_timer_of_its_own) {
  enter();
  (void)hear(joins(publisher()));
  (void)advance(2s);  // the host has been told that this was heard
  EXPECT_GE(*session.next_timeout() - now, 5s) << "what is left is the heartbeat";
}

TEST_F(CorePublisher, a_room_with_nobody_else_has_nobody_in_it_and_is_well) {
  enter();
  (void)hear(joins(publisher()));
  EXPECT_EQ(session.snapshot().state, LinkState::connected);
  EXPECT_EQ(session.snapshot().reason.code, "alone");
  const Outputs outputs = hear(joins(peer("bob")));
  EXPECT_EQ(only<output::AssignPeer>(outputs).peer, "bob") << "the connection made ahead was still there";
}

TEST_F(CorePublisher, that_a_real_peer_is_lost_is_said_all_the_same) {
  connect_with("bob");
  (void)hear(joins(publisher()));
  (void)change("bob", PeerConnectionState::disconnected);
  EXPECT_EQ(session.snapshot().state, LinkState::reconnecting);
}

TEST_F(CorePublisher, a_retry_is_nothing_to_it) {
  connect_with("bob");
  (void)hear(joins(publisher()));
  EXPECT_EQ(count<output::CreatePeer>(tell(input::Retry{.peer = sim})), 0U);
}

TEST_F(CorePublisher, what_comes_from_it_is_not_heard) {
  enter();
  (void)hear(joins(publisher()));
  EXPECT_EQ(
      hear(
          R"("type":"signal","from":"12345","description":{"type":"offer","sdp":"v=0\r\na=ice-ufrag:x\r\n"})")
          .size(),
      0U);
}

TEST_F(CorePublisher, it_reads_no_messages) {
  enter();
  (void)hear(joins(publisher()));
  const auto refused = tell(input::SendMessage{.to = sim, .topic = "chat", .text = "hello"});
  EXPECT_EQ(only<output::ErrorRaised>(refused).reason.code, "no-channel");
  EXPECT_EQ(tell(input::SendMessage{.to = std::nullopt, .topic = "chat", .text = "hello"}).size(), 0U);
}

TEST_F(CorePublisher, it_leaves_and_comes_again) {
  enter();
  (void)hear(joins(publisher()));
  EXPECT_EQ(only<output::PeerLeft>(hear(R"("type":"peer-left","id":"12345","reason":"left")")).reason,
            "left");
  EXPECT_EQ(peers(), Strings{});
  EXPECT_EQ(count<output::PeerJoined>(hear(joins(publisher("i-2")))), 1U);
}

TEST_F(CorePublisher, a_roster_without_it_takes_it_away_and_one_with_it_keeps_it) {
  enter();
  (void)hear(joins(publisher()));
  lose_socket();
  reconnect();
  const Outputs again = welcome(publisher("i-2"));
  EXPECT_EQ(count<output::PeerLeft>(again), 0U) << "it is the same stream";
  EXPECT_EQ(only<output::PeerUpdated>(again).peer.incarnation, "i-2");
  lose_socket();
  reconnect();
  EXPECT_EQ(only<output::PeerLeft>(welcome()).peer, sim);
}

TEST_F(CorePublisher, we_leave_and_it_is_gone) {
  enter();
  (void)hear(joins(publisher()));
  EXPECT_EQ(only<output::PeerLeft>(tell(input::Leave{})).reason, "you-left");
}

TEST_F(CorePublisher, of_a_host_that_came_back_without_a_gateway_is_connected_with) {
  enter();
  (void)hear(joins(publisher()));
  lose_socket();
  reconnect();
  const Outputs outputs = welcome(publisher("i-2", false));
  EXPECT_EQ(only<output::PeerLeft>(outputs).reason, "replaced");
  EXPECT_FALSE(only<output::PeerJoined>(outputs).peer.streams);
  const Outputs offered = hear(
      R"("type":"signal","from":"12345","description":{"type":"offer","sdp":"v=0\r\na=ice-ufrag:x\r\n"})");
  EXPECT_EQ(count<output::SetRemoteDescription>(offered), 1U) << "its offer is answered";
}

TEST_F(CorePublisher, of_a_host_that_came_back_with_a_gateway_is_let_go_of) {
  connect();
  (void)welcome(publisher("i-1", false));
  (void)change(sim, PeerConnectionState::connected);
  const ConnectionId connection = connection_of(sim);
  lose_socket();
  reconnect();
  const Outputs outputs = welcome(publisher("i-2"));
  EXPECT_EQ(all<output::ClosePeer>(outputs).front().connection, connection);
  EXPECT_EQ(only<output::PeerLeft>(outputs).reason, "replaced");
  EXPECT_TRUE(only<output::PeerJoined>(outputs).peer.streams);
  EXPECT_EQ(seen().connection, std::nullopt);
}

}  // namespace
}  // namespace parley
