// The rules that the model of RTCPeerConnection keeps: transceivers and m-lines (RFC 8829 section 5.10) and
// the negotiation-needed flag (W3C WebRTC 4.7.3).

#include <gtest/gtest.h>

#include "model_world.hpp"

namespace parley::simulation {
namespace {

struct ModelMediaRules : testing::Test, TwoBrowsers {};

TEST_F(ModelMediaRules, an_added_transceiver_is_not_used_for_the_other_sides_m_line) {
  ada.connection->add_slot(camera);
  bob.connection->add_slot(camera);
  negotiate(ada, bob);
  EXPECT_EQ(bob.connection->transceivers(), 2U);
  EXPECT_EQ(bob.connection->mid_of("camera"), "");
}

TEST_F(ModelMediaRules, binding_a_slot_stops_the_transceiver_that_was_added_for_it) {
  ada.connection->add_slot(camera);
  bob.connection->add_slot(camera);
  offer(ada);
  apply(bob, ada);
  bob.connection->bind_slot("camera", "0");
  bob.connection->set_local_description();
  settle();
  EXPECT_EQ(bob.connection->transceivers(), 1U);
  EXPECT_EQ(bob.connection->mid_of("camera"), "0");
  EXPECT_EQ(bob.connection->agreed_direction("camera"), (Direction{.send = true, .receive = true}));
}

TEST_F(ModelMediaRules, a_local_description_says_which_mid_carries_which_slot) {
  ada.connection->add_slot(camera);
  offer(ada);
  EXPECT_EQ(ada.all<input::LocalDescription>()[0].slots, (SlotMap{{"0", "camera"}}));
}

TEST_F(ModelMediaRules, a_rollback_takes_the_mids_that_the_offer_gave) {
  ada.connection->add_slot(camera);
  offer(ada);
  EXPECT_EQ(ada.connection->mid_of("camera"), "0");
  offer(bob);
  apply(ada, bob);
  EXPECT_EQ(ada.connection->mid_of("camera"), "");
}

TEST_F(ModelMediaRules, media_of_the_other_side_starts_a_track_once) {
  ada.connection->add_slot(camera);
  negotiate(ada, bob);
  negotiate(ada, bob);
  EXPECT_EQ(bob.count<input::TrackAdded>(), 1U);
  EXPECT_EQ(ada.count<input::TrackAdded>(), 0U);
}

TEST_F(ModelMediaRules, an_offer_that_drops_an_m_line_fails) {
  ada.connection->add_slot(camera);
  negotiate(ada, bob);
  ModelSdp shorter = ada.sdp();
  shorter.media.pop_back();
  bob.connection->set_remote_description({.type = SdpType::offer, .sdp = write_sdp(shorter)});
  settle();
  EXPECT_EQ(bob.count<input::RemoteDescriptionFailed>(), 1U);
}

TEST_F(ModelMediaRules, a_new_transceiver_needs_a_negotiation_and_says_so_once) {
  negotiate(ada, bob);
  const std::size_t before = ada.count<input::NegotiationNeeded>();
  ada.connection->add_slot(camera);
  ada.connection->add_slot({.name = "screen", .kind = MediaKind::video});
  settle();
  EXPECT_EQ(ada.count<input::NegotiationNeeded>(), before + 1);
}

TEST_F(ModelMediaRules, what_is_needed_while_unstable_is_said_once_stable_again) {
  offer(ada);
  const std::size_t before = ada.count<input::NegotiationNeeded>();
  ada.connection->add_slot(camera);
  settle();
  EXPECT_EQ(ada.count<input::NegotiationNeeded>(), before);
  apply(bob, ada);
  bob.connection->set_local_description();
  settle();
  apply(ada, bob);
  EXPECT_EQ(ada.count<input::NegotiationNeeded>(), before + 1);
}

TEST_F(ModelMediaRules, nothing_is_needed_once_everything_is_agreed) {
  ada.connection->add_slot(camera);
  negotiate(ada, bob);
  EXPECT_FALSE(ada.connection->negotiation_needed());
  EXPECT_FALSE(bob.connection->negotiation_needed());
}

TEST_F(ModelMediaRules, wanting_to_send_where_one_only_received_needs_a_negotiation) {
  ada.connection->add_slot(camera);
  negotiate(ada, bob);
  bob.connection->bind_slot("camera", "0");
  EXPECT_TRUE(bob.connection->negotiation_needed());
  negotiate(bob, ada);
  EXPECT_FALSE(bob.connection->negotiation_needed());
  EXPECT_EQ(ada.count<input::TrackAdded>(), 1U);
}

}  // namespace
}  // namespace parley::simulation
