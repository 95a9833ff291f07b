#include "core/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core_session_test.hpp"

namespace parley {
namespace {

// Media does not stop because signaling did.

TEST_F(SessionTest, a_lost_socket_touches_no_connection) {
  connect_with("a");
  const Outputs outputs = tell(input::SocketClosed{.socket = socket, .code = 1006, .reason = {}});
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_EQ(count<output::RestartIce>(outputs), 0U);
  EXPECT_EQ(only<output::StateChanged>(outputs).state, LinkState::reconnecting);
  reconnect();
  const Outputs after = resumed();
  EXPECT_EQ(count<output::ClosePeer>(after), 0U);
  EXPECT_EQ(count<output::CreatePeer>(after), 0U);
  EXPECT_EQ(only<output::StateChanged>(after).state, LinkState::connected);
}

TEST_F(SessionTest, a_restarted_host_that_has_both_again_touches_no_connection) {
  connect_with("a");
  const ConnectionId connection = connection_of("a");
  lose_socket();
  reconnect();
  const Outputs outputs = welcome(peer("a"));
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_EQ(count<output::PeerJoined>(outputs), 0U);
  EXPECT_EQ(connection_of("a"), connection);
}

TEST_F(SessionTest, a_restarted_host_that_knows_only_us_so_far_touches_no_connection) {
  connect_with("a");
  const ConnectionId connection = connection_of("a");
  lose_socket();
  reconnect();
  Outputs outputs = welcome();
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_TRUE(only<output::PeerUpdated>(outputs).peer.away) << "it has not come back yet";
  outputs = hear(R"("type":"peer-joined","peer":)" + peer("a"));
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_FALSE(only<output::PeerUpdated>(outputs).peer.away);
  EXPECT_EQ(connection_of("a"), connection);
}

TEST_F(SessionTest, a_peer_that_lost_the_host_stays_while_its_media_flows) {
  connect_with("a");
  (void)hear(R"("type":"peer-away","id":"a")");
  EXPECT_EQ(count<output::ClosePeer>(hear(R"("type":"peer-left","id":"a","reason":"timeout")")), 0U);
  EXPECT_EQ(peers(), Strings{"a"});
}

TEST_F(SessionTest, a_peer_that_lost_the_host_and_us_is_gone) {
  connect_with("a");
  (void)hear(R"("type":"peer-left","id":"a","reason":"timeout")");
  const Outputs outputs = change("a", PeerConnectionState::failed);
  EXPECT_EQ(only<output::PeerLeft>(outputs).peer, "a");
  EXPECT_EQ(count<output::ClosePeer>(outputs), 1U);
  EXPECT_EQ(peers(), Strings{});
}

TEST_F(SessionTest, a_peer_that_lost_the_host_and_is_beyond_repair_is_gone) {
  connect_with("a");
  (void)hear(R"("type":"peer-left","id":"a","reason":"timeout")");
  for (int i = 0; i <= limits.rebuilds && !peers().empty(); ++i) {
    (void)tell(input::LocalDescriptionFailed{.connection = connection_of("a"), .error = "x"});
  }
  EXPECT_EQ(peers(), Strings{});
}

TEST_F(SessionTest, a_peer_that_was_never_reached_and_lost_the_host_is_gone) {
  connect();
  (void)welcome(peer("a"));
  EXPECT_EQ(count<output::PeerLeft>(hear(R"("type":"peer-left","id":"a","reason":"timeout")")), 1U);
}

TEST_F(SessionTest, no_repair_is_made_while_the_host_is_away_and_then_at_once) {
  connect_with("a");
  lose_socket();
  EXPECT_EQ(count<output::RestartIce>(change("a", PeerConnectionState::failed)), 0U);
  reconnect();
  EXPECT_EQ(count<output::RestartIce>(resumed()), 1U);
}

TEST_F(SessionTest, no_repair_is_made_while_the_peer_is_away_and_then_at_once) {
  connect_with("a");
  (void)hear(R"("type":"peer-away","id":"a")");
  EXPECT_EQ(count<output::RestartIce>(change("a", PeerConnectionState::failed)), 0U);
  EXPECT_EQ(count<output::RestartIce>(hear(R"("type":"peer-back","id":"a")")), 1U);
}

TEST_F(SessionTest, under_another_id_everybody_is_met_anew) {
  connect_with("a");
  const ConnectionId old = connection_of("a");
  lose_socket();
  reconnect();
  const Outputs outputs = welcome(peer("a"), "other");
  EXPECT_EQ(only<output::Joined>(outputs).self, "other");
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, old);
  EXPECT_EQ(count<output::CreatePeer>(outputs), 1U);
}

TEST_F(SessionTest, a_page_that_joined_again_before_it_heard_it_was_in_is_there_once) {
  connect();
  (void)welcome(peer("a", "page"));
  (void)hear(R"("type":"peer-away","id":"a")");
  (void)hear(R"("type":"peer-joined","peer":)" + peer("b", "page"));
  EXPECT_EQ(peers(), Strings{"b"});
}

TEST_F(SessionTest, the_same_where_the_host_notices_the_lost_socket_later) {
  connect();
  (void)welcome(peer("a", "page"));
  (void)hear(R"("type":"peer-joined","peer":)" + peer("b", "page"));
  const Outputs outputs = hear(R"("type":"peer-away","id":"a")");
  EXPECT_EQ(only<output::PeerLeft>(outputs).peer, "a");
  EXPECT_EQ(peers(), Strings{"b"});
}

/// What a peer with this id is greeted with.
class Greetings : public SessionTest {
 protected:
  std::string meet_and_part(const std::string& id) {
    (void)hear(R"("type":"peer-joined","peer":)" + peer(id, "incarnation of " + id));
    const Outputs outputs = tell(input::ChannelOpened{.connection = connection_of(id)});
    (void)tell(
        input::ChannelMessage{.connection = connection_of(id), .text = R"({"type":"hello","stream":5})"});
    (void)hear(R"("type":"peer-left","reason":"left","id":")" + id + "\"");
    return only<output::SendChannel>(outputs).text;
  }
};

TEST_F(Greetings, a_page_that_comes_back_is_told_how_far_it_was_heard) {
  connect();
  (void)welcome();
  EXPECT_NE(meet_and_part("a").find(R"("receivedStream":0)"), std::string::npos);
  EXPECT_NE(meet_and_part("a").find(R"("receivedStream":5)"), std::string::npos);
}

TEST_F(Greetings, a_bounded_number_of_pages_that_are_gone_is_remembered) {
  connect();
  (void)welcome();
  for (std::size_t i = 0; i <= limits.retired; ++i) (void)meet_and_part(std::to_string(i));
  EXPECT_NE(meet_and_part("0").find(R"("receivedStream":0)"), std::string::npos) << "forgotten";
}

TEST_F(SessionTest, what_is_left_of_a_join_whose_answer_was_lost_is_nobody) {
  connect();
  (void)welcome(peer("ghost", "ours"), "m", "ours");
  EXPECT_EQ(peers(), Strings{});
}

// It did not hear that it was let in, and joined again.
TEST_F(SessionTest, of_one_page_in_the_room_twice_the_one_that_joined_first_goes) {
  connect();
  (void)welcome(peer("first", "page"));
  (void)hear(R"("type":"peer-joined","peer":)" + peer("again", "page"));
  EXPECT_EQ(peers(), (Strings{"again", "first"}));
  EXPECT_EQ(only<output::PeerLeft>(hear(R"("type":"peer-away","id":"first")")).reason, "replaced");
  EXPECT_EQ(peers(), Strings{"again"});
}

TEST_F(SessionTest, foreign_clients_without_an_incarnation_are_not_taken_for_one_another) {
  connect();
  (void)welcome(peer("x", "") + "," + peer("y", ""));
  (void)hear(R"("type":"peer-away","id":"x")");
  EXPECT_EQ(peers(), (Strings{"x", "y"}));
}

TEST_F(SessionTest, who_is_replaced_by_the_same_page_keeps_its_connection) {
  connect_with("a");
  const ConnectionId connection = connection_of("a");
  Outputs outputs = hear(R"("type":"peer-left","id":"a","reason":"replaced")");
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  outputs = hear(R"("type":"peer-joined","peer":)" + peer("a"));
  EXPECT_EQ(count<output::ClosePeer>(outputs), 0U);
  EXPECT_EQ(connection_of("a"), connection);
}

TEST_F(SessionTest, what_the_host_forgot_is_said_again) {
  connect();
  (void)welcome();
  (void)hear(R"("type":"peer-joined","peer":)" + peer("a"));
  (void)tell(input::LocalDescription{
      .connection = connection_of("a"), .description = {.type = SdpType::offer, .sdp = "v=0"}, .slots = {}});
  lose_socket();
  reconnect();
  EXPECT_NE(only_sent(welcome(peer("a"))).find(R"("type":"offer")"), std::string::npos);
}

}  // namespace
}  // namespace parley
