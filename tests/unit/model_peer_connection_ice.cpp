// The rules that the model of RTCPeerConnection keeps: candidates (W3C WebRTC 4.4.2), ICE generations (RFC
// 8829 section 5.2), and what the network makes of them.

#include <gtest/gtest.h>

#include "model_world.hpp"

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

struct ModelIce : testing::Test, TwoBrowsers {
  void connect() {
    negotiate(ada, bob);
    trickle(ada, bob);
    trickle(bob, ada);
    time.run_for(1s);
  }
  [[nodiscard]] static PeerConnectionState state(const Browser& browser) {
    const auto states = browser.all<input::ConnectionStateChanged>();
    return states.empty() ? PeerConnectionState::fresh : states.back().state;
  }
};

TEST_F(ModelIce, a_candidate_without_a_remote_description_fails) {
  offer(ada);
  trickle(ada, bob);
  ASSERT_GT(bob.count<input::CandidateFailed>(), 0U);
  EXPECT_TRUE(bob.all<input::CandidateFailed>()[0].error.starts_with("InvalidStateError"));
}

TEST_F(ModelIce, a_candidate_of_an_unknown_generation_fails) {
  negotiate(ada, bob);
  bob.connection->add_candidate(
      {.candidate = "candidate:1", .sdp_mid = "0", .sdp_m_line_index = 0, .username_fragment = "another"});
  settle();
  ASSERT_EQ(bob.count<input::CandidateFailed>(), 1U);
  EXPECT_TRUE(bob.all<input::CandidateFailed>()[0].error.starts_with("OperationError"));
}

TEST_F(ModelIce, gathering_ends_with_an_empty_candidate) {
  offer(ada);
  time.run_for(3s);
  EXPECT_EQ(ada.all<input::LocalCandidate>().back().candidate.candidate, "");
  EXPECT_EQ(ada.all<input::IceGatheringStateChanged>().back().state, IceGatheringState::complete);
}

TEST_F(ModelIce, an_ice_restart_gives_the_next_offer_and_its_answer_new_ufrags) {
  negotiate(ada, bob);
  const std::string before_ada = ada.sdp().ufrag;
  const std::string before_bob = bob.sdp().ufrag;
  negotiate(ada, bob);
  EXPECT_EQ(ada.sdp().ufrag, before_ada);
  EXPECT_EQ(bob.sdp().ufrag, before_bob);
  ada.connection->restart_ice();
  EXPECT_TRUE(ada.connection->negotiation_needed());
  negotiate(ada, bob);
  EXPECT_NE(ada.sdp().ufrag, before_ada);
  EXPECT_NE(bob.sdp().ufrag, before_bob);
  EXPECT_FALSE(ada.connection->negotiation_needed());
}

TEST_F(ModelIce, both_connect_once_each_can_reach_the_other) {
  negotiate(ada, bob);
  trickle(ada, bob);
  EXPECT_NE(state(ada), PeerConnectionState::connected);
  trickle(bob, ada);
  time.run_for(1s);
  EXPECT_EQ(state(ada), PeerConnectionState::connected);
  EXPECT_EQ(state(bob), PeerConnectionState::connected);
  EXPECT_EQ(ada.count<input::ChannelOpened>(), 1U);
  EXPECT_TRUE(network.are_connected("browser1", "browser2"));
}

TEST_F(ModelIce, without_candidates_checking_fails) {
  negotiate(ada, bob);
  time.run_for(30s);
  EXPECT_EQ(state(ada), PeerConnectionState::failed);
}

TEST_F(ModelIce, a_short_cut_heals_by_itself) {
  connect();
  network.cut(1, 2);
  time.run_for(7s);
  EXPECT_EQ(state(ada), PeerConnectionState::disconnected);
  network.heal(1, 2);
  time.run_for(1s);
  EXPECT_EQ(state(ada), PeerConnectionState::connected);
}

TEST_F(ModelIce, a_long_cut_needs_an_ice_restart) {
  connect();
  network.cut(1, 2);
  time.run_for(40s);
  network.heal(1, 2);
  time.run_for(40s);
  EXPECT_EQ(state(ada), PeerConnectionState::failed);
  ada.connection->restart_ice();
  ada.reported.clear();
  bob.reported.clear();
  connect();
  EXPECT_EQ(state(ada), PeerConnectionState::connected);
  EXPECT_EQ(state(bob), PeerConnectionState::connected);
}

TEST_F(ModelIce, an_ice_restart_does_not_interrupt_a_connection_that_works) {
  connect();
  const Duration before = network.alive_for("browser1");
  ada.connection->restart_ice();
  negotiate(ada, bob);
  time.run_for(30s);
  EXPECT_GE(network.alive_for("browser1"), before + 30s);
}

TEST_F(ModelIce, messages_arrive_in_order_and_wait_while_the_path_is_cut) {
  connect();
  network.send("browser1", "one");
  network.cut(1, 2);
  network.send("browser1", "two");
  time.run_for(1s);
  EXPECT_EQ(bob.count<input::ChannelMessage>(), 0U);
  network.heal(1, 2);
  time.run_for(1s);
  const auto arrived = bob.all<input::ChannelMessage>();
  ASSERT_EQ(arrived.size(), 2U);
  EXPECT_EQ(arrived[0].text, "one");
  EXPECT_EQ(arrived[1].text, "two");
}

TEST_F(ModelIce, closing_one_side_closes_the_others_channel_at_once_and_its_connection_later) {
  connect();
  ada.connection->close();
  time.run_for(500ms);
  EXPECT_EQ(bob.count<input::ChannelClosed>(), 1U);
  EXPECT_EQ(state(bob), PeerConnectionState::connected);
  time.run_for(40s);
  EXPECT_EQ(state(bob), PeerConnectionState::failed);
}

TEST_F(ModelIce, a_page_that_vanishes_says_nothing) {
  connect();
  network.vanish("browser1");
  time.run_for(500ms);
  EXPECT_EQ(bob.count<input::ChannelClosed>(), 0U);
  time.run_for(40s);
  EXPECT_EQ(state(bob), PeerConnectionState::failed);
}

}  // namespace
}  // namespace parley::simulation
