#include "core/prepared.hpp"

#include <gtest/gtest.h>

#include "core_session_test.hpp"

namespace parley {
namespace {

/// Alone in a room, with a connection that was made ahead.
class PreparedTest : public SessionTest {
 protected:
  void wait_alone() {
    connect();
    ready = only<output::CreatePeer>(welcome()).connection;
  }

  Outputs describe() {
    return tell(
        input::LocalDescription{.connection = ready,
                                .description = {.type = SdpType::offer, .sdp = "v=0\r\na=ice-ufrag:u\r\n"},
                                .slots = {}});
  }

  Outputs gather() {
    return tell(input::LocalCandidate{
        .connection = ready,
        .candidate = {
            .candidate = "candidate:1", .sdp_mid = "0", .sdp_m_line_index = 0, .username_fragment = "u"}});
  }

  Outputs meet(const std::string& id) { return hear(R"("type":"peer-joined","peer":)" + peer(id)); }

  /// What goes to the host, but for heartbeats and acknowledgements.
  static Strings signals(const Outputs& outputs) {
    Strings found;
    for (const auto& send : all<output::SendSocket>(outputs)) {
      if (send.text.starts_with(R"({"type":"signal")")) found.push_back(send.text);
    }
    return found;
  }

  ConnectionId ready = 0;
};

TEST_F(PreparedTest, who_is_alone_has_an_offer_ready_that_nobody_hears) {
  connect();
  const Outputs outputs = welcome();
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "");
  EXPECT_EQ(count<output::SetLocalDescription>(outputs), 1U);
  ready = only<output::CreatePeer>(outputs).connection;
  EXPECT_EQ(count<output::SendSocket>(describe()), 0U);
  EXPECT_EQ(count<output::SendSocket>(gather()), 0U);
  EXPECT_EQ(peers(), Strings{}) << "it is nobody's";
}

TEST_F(PreparedTest, the_guest_has_the_offer_and_its_candidates_at_once) {
  wait_alone();
  (void)describe();
  (void)gather();
  const Outputs outputs = meet("z");
  EXPECT_EQ(count<output::CreatePeer>(outputs), 0U);
  EXPECT_EQ(only<output::AssignPeer>(outputs).connection, ready);
  EXPECT_EQ(only<output::AssignPeer>(outputs).peer, "z");
  const Strings said = signals(outputs);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_NE(said[0].find(R"("to":"z")"), std::string::npos) << said[0];
  EXPECT_NE(said[0].find("offer"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find("candidate:1"), std::string::npos) << said[1];
  EXPECT_EQ(connection_of("z"), ready);
}

TEST_F(PreparedTest, a_guest_who_comes_before_the_offer_is_made_has_it_when_it_is) {
  wait_alone();
  const Outputs outputs = meet("z");
  EXPECT_EQ(only<output::AssignPeer>(outputs).connection, ready);
  EXPECT_TRUE(signals(outputs).empty());
  EXPECT_EQ(signals(describe()).size(), 1U);
  EXPECT_EQ(signals(gather()).size(), 1U);
}

TEST_F(PreparedTest, its_states_are_known_when_it_is_given_away) {
  wait_alone();
  (void)describe();
  (void)tell(input::SignalingStateChanged{.connection = ready, .state = SignalingState::have_local_offer});
  (void)tell(input::IceGatheringStateChanged{.connection = ready, .state = IceGatheringState::complete});
  (void)meet("z");
  const PeerSnapshot snapshot = session.snapshot().peers.at(0);
  EXPECT_EQ(snapshot.signaling, SignalingState::have_local_offer);
  EXPECT_EQ(snapshot.gathering, IceGatheringState::complete);
}

TEST_F(PreparedTest, the_second_guest_is_offered_to_anew) {
  wait_alone();
  (void)describe();
  (void)meet("y");
  const Outputs outputs = meet("z");
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "z");
  EXPECT_EQ(count<output::SetLocalDescription>(outputs), 1U);
}

TEST_F(PreparedTest, a_foreign_client_which_knows_no_data_channel_gets_one_of_its_own) {
  wait_alone();
  (void)describe();
  const Outputs outputs = hear(R"("type":"peer-joined","peer":{"id":"a","dialect":"calls","offers":false})");
  const auto created = only<output::CreatePeer>(outputs);
  EXPECT_EQ(created.peer, "a");
  EXPECT_FALSE(created.channel);
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, ready);
  EXPECT_EQ(signals(outputs), Strings{});
}

TEST_F(PreparedTest, who_comes_to_others_prepares_nothing_until_they_have_left) {
  connect();
  EXPECT_EQ(only<output::CreatePeer>(welcome(peer("a"))).peer, "a");
  const Outputs outputs = hear(R"("type":"peer-left","id":"a","reason":"left")");
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "");
}

TEST_F(PreparedTest, it_is_closed_when_others_turn_out_to_be_there) {
  wait_alone();
  lose_socket();
  reconnect();
  const Outputs outputs = welcome(peer("a"));
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, ready) << "they offer";
  EXPECT_EQ(only<output::CreatePeer>(outputs).peer, "a");
}

TEST_F(PreparedTest, it_survives_a_lost_socket) {
  wait_alone();
  (void)describe();
  lose_socket();
  reconnect();
  EXPECT_EQ(count<output::CreatePeer>(resumed()), 0U);
  EXPECT_EQ(signals(meet("z")).size(), 1U);
}

TEST_F(PreparedTest, a_slot_that_is_opened_meanwhile_is_added_to_it) {
  wait_alone();
  const Outputs outputs = tell(input::OpenSlot{.slot = {.name = "screen", .kind = MediaKind::video}});
  EXPECT_EQ(only<output::AddSlot>(outputs).connection, ready);
}

TEST_F(PreparedTest, leaving_closes_it) {
  wait_alone();
  EXPECT_EQ(only<output::ClosePeer>(tell(input::Leave{})).connection, ready);
}

TEST_F(PreparedTest, it_is_made_anew_when_what_it_says_has_aged) {
  wait_alone();
  Outputs outputs = tell(input::NetworkChanged{});
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, ready) << "its candidates are the old network's";
  ready = only<output::CreatePeer>(outputs).connection;
  lose_socket();
  reconnect();
  outputs = advance(limits.prepared_for);
  EXPECT_GE(count<output::CreatePeer>(outputs), 1U);
}

TEST_F(PreparedTest, other_ice_servers_make_it_anew) {
  wait_alone();
  lose_socket();
  reconnect();
  const Outputs outputs = tell(input::SocketMessage{
      .socket = socket,
      .text = R"({"type":"joined","room":"r","session":"s","resumed":false,"self":"m","peers":[],)"
              R"("iceServers":[{"urls":["stun:other"]}]})"});
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, ready);
  EXPECT_EQ(only<output::CreatePeer>(outputs).ice_servers.at(0).urls.at(0), "stun:other");
}

TEST_F(PreparedTest, a_browser_that_makes_no_offer_is_not_asked_again_until_somebody_comes) {
  wait_alone();
  const Outputs outputs = tell(input::LocalDescriptionFailed{.connection = ready, .error = "no"});
  EXPECT_EQ(only<output::ClosePeer>(outputs).connection, ready);
  EXPECT_EQ(count<output::CreatePeer>(outputs), 0U);
  EXPECT_EQ(count<output::ErrorRaised>(outputs), 0U) << "nobody misses it";
  EXPECT_EQ(only<output::CreatePeer>(meet("z")).peer, "z");
}

}  // namespace
}  // namespace parley
