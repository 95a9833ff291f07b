// The rules that the model of RTCPeerConnection keeps, W3C WebRTC 4.4.1: signaling states and their
// operations.

#include <gtest/gtest.h>

#include "model_world.hpp"

namespace parley::simulation {
namespace {

struct ModelSignaling : testing::Test, TwoBrowsers {};

TEST_F(ModelSignaling, a_local_description_in_stable_is_an_offer) {
  offer(ada);
  EXPECT_EQ(ada.described().type, SdpType::offer);
  EXPECT_EQ(ada.connection->signaling(), SignalingState::have_local_offer);
}

TEST_F(ModelSignaling, a_local_description_after_an_offer_is_its_answer) {
  offer(ada);
  apply(bob, ada);
  EXPECT_EQ(bob.connection->signaling(), SignalingState::have_remote_offer);
  bob.connection->set_local_description();
  settle();
  EXPECT_EQ(bob.described().type, SdpType::answer);
  EXPECT_EQ(bob.connection->signaling(), SignalingState::stable);
}

TEST_F(ModelSignaling, an_answer_may_be_provisional_first) {
  offer(ada);
  apply(bob, ada);
  bob.connection->set_local_description(true);
  settle();
  const auto changes = bob.all<input::SignalingStateChanged>();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[1].state, SignalingState::have_local_pranswer);
  EXPECT_EQ(changes[2].state, SignalingState::stable);
  EXPECT_EQ(bob.all<input::LocalDescription>().size(), 1U);
  apply(ada, bob);
  EXPECT_EQ(ada.connection->signaling(), SignalingState::stable);
  EXPECT_EQ(ada.connection->ice()->remote, bob.sdp().ufrag);
}

TEST_F(ModelSignaling, an_offer_and_its_answer_leave_both_sides_stable) {
  negotiate(ada, bob);
  EXPECT_EQ(ada.connection->signaling(), SignalingState::stable);
  EXPECT_EQ(bob.connection->signaling(), SignalingState::stable);
  EXPECT_EQ(ada.count<input::RemoteDescriptionFailed>(), 0U);
}

TEST_F(ModelSignaling, an_answer_in_stable_fails) {
  negotiate(ada, bob);
  apply(ada, bob);
  ASSERT_EQ(ada.count<input::RemoteDescriptionFailed>(), 1U);
  EXPECT_TRUE(ada.all<input::RemoteDescriptionFailed>()[0].error.starts_with("InvalidStateError"));
}

TEST_F(ModelSignaling, an_answer_to_another_offer_fails) {
  offer(ada);
  apply(bob, ada);
  bob.connection->set_local_description();
  settle();
  offer(ada);  // again, while the first waits for its answer
  apply(ada, bob);
  EXPECT_EQ(ada.count<input::RemoteDescriptionFailed>(), 1U);
}

TEST_F(ModelSignaling, an_offer_that_meets_an_offer_rolls_it_back) {
  offer(ada);
  offer(bob);
  apply(ada, bob);
  EXPECT_EQ(ada.connection->signaling(), SignalingState::have_remote_offer);
  ada.connection->set_local_description();
  settle();
  EXPECT_EQ(ada.described().type, SdpType::answer);
}

TEST_F(ModelSignaling, operations_run_one_after_the_other_in_order) {
  offer(ada);
  bob.connection->set_remote_description(ada.described());
  bob.connection->set_local_description();
  settle();
  EXPECT_EQ(bob.described().type, SdpType::answer);
}

TEST_F(ModelSignaling, a_closed_connection_reports_nothing_more) {
  ada.connection->set_local_description();
  ada.connection->close();
  const std::size_t before = ada.reported.size();
  time.run_for(std::chrono::seconds(60));
  EXPECT_EQ(ada.reported.size(), before);
}

TEST_F(ModelSignaling, a_description_of_another_certificate_fails) {
  negotiate(ada, bob);
  Browser carl(time, network, 3);
  offer(carl);
  apply(bob, carl);
  EXPECT_EQ(bob.count<input::RemoteDescriptionFailed>(), 1U);
}

TEST_F(ModelSignaling, a_signaling_event_tells_the_state_of_its_moment) {
  negotiate(ada, bob);
  ASSERT_FALSE(bob.all<input::SignalingStateChanged>().empty());
  EXPECT_EQ(bob.all<input::SignalingStateChanged>().back().state, SignalingState::stable);
}

}  // namespace
}  // namespace parley::simulation
