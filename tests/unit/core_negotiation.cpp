// Offers and answers, and who gives way when they meet.

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "core_negotiation_test.hpp"

namespace parley {
namespace {

// The simple way.

TEST(Negotiation, who_is_there_first_creates_opens_its_slots_and_offers_at_once) {
  Side side({.slots = camera});
  const Outputs asked = side.asked();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<output::CreatePeer>(asked[0]));
  EXPECT_EQ(std::get<output::AddSlot>(asked[1]).slot, camera[0]);
  EXPECT_TRUE(std::holds_alternative<output::SetLocalDescription>(asked[2]));
}

TEST(Negotiation, an_offer_goes_out_with_its_number_its_connection_and_its_slots) {
  Side side({.slots = camera});
  const auto outbox = side.made(offer("ours"), {{"0", "camera"}});
  ASSERT_EQ(outbox.size(), 1U);
  EXPECT_EQ(std::get<Description>(outbox[0].body), offer("ours"));
  EXPECT_EQ(
      outbox[0].link,
      (wire::LinkTag{
          .connection = our_tag, .remote = std::nullopt, .negotiation = 1, .slots = {{"0", "camera"}}}));
  EXPECT_EQ(side->signaling(), SignalingState::have_local_offer);
}

TEST(Negotiation, an_answer_settles_the_offer) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.asked();
  side.receive(answer("theirs"));
  EXPECT_EQ(only<output::SetRemoteDescription>(side.asked()).description, answer("theirs"));
  side->remote_description_applied();
  EXPECT_EQ(side->signaling(), SignalingState::stable);
  EXPECT_EQ(side.asked().size(), 0U);
}

TEST(Negotiation, an_offer_is_applied_and_answered_under_its_own_number) {
  Side side({.waits = true});
  (void)side.asked();
  side.receive(offer("theirs"), 5);
  EXPECT_EQ(only<output::SetRemoteDescription>(side.asked()).description, offer("theirs"));
  side->remote_description_applied();
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 1U);
  const auto outbox = side.made(answer("ours"));
  ASSERT_EQ(outbox.size(), 1U);
  EXPECT_EQ(outbox[0].link->negotiation, 5U);
  EXPECT_EQ(outbox[0].link->remote, their_tag);
  EXPECT_EQ(side->signaling(), SignalingState::stable);
}

TEST(Negotiation, the_polite_side_s_answer_to_new_m_lines_is_provisional_first) {
  Side side({.polite = true, .waits = true});
  const SlotMap lines{{"0", "microphone"}, {"1", "camera"}};
  (void)side.asked();
  side.receive(offer("theirs"), 1, lines);
  side->remote_description_applied();
  EXPECT_TRUE(only<output::SetLocalDescription>(side.asked()).provisional);
  (void)side.made(answer("ours"), lines);

  side.receive(offer("theirs"), 2, lines);
  side->remote_description_applied();
  EXPECT_FALSE(only<output::SetLocalDescription>(side.asked()).provisional) << "it knows all of them";
  (void)side.made(answer("ours"), lines);

  side.receive(offer("theirs"), 3, {{"0", "microphone"}, {"1", "camera"}, {"2", "screen"}});
  side->remote_description_applied();
  EXPECT_TRUE(only<output::SetLocalDescription>(side.asked()).provisional);
}

TEST(Negotiation, the_impolite_side_never_rolls_back_and_answers_at_once) {
  Side side({.waits = true});
  (void)side.asked();
  side.receive(offer("theirs"), 1, {{"0", "camera"}});
  side->remote_description_applied();
  EXPECT_FALSE(only<output::SetLocalDescription>(side.asked()).provisional);
}

TEST(Negotiation, operations_are_asked_for_one_at_a_time) {
  Side side({});
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 1U);
  side.receive(offer("theirs"));
  side->negotiation_needed();
  EXPECT_EQ(side.asked().size(), 0U) << "the first setLocalDescription is still under way";
}

TEST(Negotiation, a_need_that_arises_while_an_offer_is_out_waits_for_the_browser_to_say_so_again) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.asked();
  side->negotiation_needed();
  EXPECT_EQ(side.asked().size(), 0U);
  side.receive(answer("theirs"));
  side->remote_description_applied();
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 0U) << "the answer may have met it";
  side->negotiation_needed();
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 1U);
}

// Waiting for the other side's offer.

TEST(Negotiation, who_comes_to_a_room_waits_for_the_offers_of_those_who_are_there) {
  Side side({.waits = true, .slots = camera});
  EXPECT_EQ(side.asked().size(), 1U) << "CreatePeer alone: the peer's m-lines are used for our slots";
  side->negotiation_needed();
  EXPECT_EQ(side.asked().size(), 0U);
  EXPECT_EQ(side->next_timeout(), Side::start + limits.offer_patience);
}

TEST(Negotiation, who_waited_in_vain_offers_itself) {
  Side side({.waits = true, .slots = camera});
  (void)side.asked();
  side->timeout(Side::start + limits.offer_patience - Duration{1});
  EXPECT_EQ(side.asked().size(), 0U);
  side->timeout(Side::start + limits.offer_patience);
  const Outputs asked = side.asked();
  EXPECT_EQ(count<output::AddSlot>(asked), 1U);
  EXPECT_EQ(count<output::SetLocalDescription>(asked), 1U);
  EXPECT_EQ(side->next_timeout(), Deadline{});
}

TEST(Negotiation, an_offer_ends_the_waiting) {
  Side side({.waits = true});
  side.receive(offer("theirs"));
  EXPECT_EQ(side->next_timeout(), Deadline{});
}

TEST(Negotiation, a_need_from_before_the_peer_s_offer_is_not_offered_again_after_the_answer) {
  Side side({.waits = true});
  side->negotiation_needed();
  side.receive(offer("theirs"));
  side->remote_description_applied();
  (void)side.asked();
  (void)side.made(answer("ours"));
  EXPECT_EQ(side.asked().size(), 0U);
}

// Both at once.

TEST(Negotiation, the_polite_side_gives_way_and_answers) {
  Side side({.polite = true});
  (void)side.made(offer("ours"));
  (void)side.asked();
  side.receive(offer("theirs"), 9);
  EXPECT_EQ(count<output::SetRemoteDescription>(side.asked()), 1U) << "an implicit rollback";
  side->remote_description_applied();
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 1U);
  EXPECT_EQ(side.made(answer("ours"))[0].link->negotiation, 9U);
}

TEST(Negotiation, the_impolite_side_ignores_the_offer_and_its_candidates) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.asked();
  side.receive(offer("ignored"));
  side.receive(candidate("c1", "ignored"));
  side.receive(candidate("c2", std::nullopt));
  EXPECT_EQ(side.asked().size(), 0U);
  EXPECT_EQ(side->signaling(), SignalingState::have_local_offer);
}

TEST(Negotiation, once_its_own_offer_is_answered_candidates_count_again) {
  Side side({});
  (void)side.made(offer("ours"));
  side.receive(offer("ignored"));
  side.receive(answer("theirs"));
  side->remote_description_applied();
  (void)side.asked();
  side.receive(candidate("with", "theirs"));
  side.receive(candidate("without", std::nullopt));
  EXPECT_EQ(candidates_in(side.asked()), (Texts{"with", "without"}));
}

TEST(Negotiation, a_later_offer_of_one_that_was_ignored_is_heard) {
  Side side({});
  (void)side.made(offer("ours"));
  side.receive(offer("ignored"), 1);
  side.receive(answer("theirs"));
  side->remote_description_applied();
  (void)side.asked();
  side.receive(offer("theirs"), 2);
  EXPECT_EQ(count<output::SetRemoteDescription>(side.asked()), 1U);
}

TEST(Negotiation, an_offer_that_comes_while_ours_is_being_made_is_a_collision_too) {
  Side impolite({});
  impolite.receive(offer("theirs"));
  (void)impolite.asked();
  EXPECT_EQ(impolite.made(offer("ours")).size(), 1U);
  EXPECT_EQ(impolite.asked().size(), 0U) << "ignored";

  Side polite({.polite = true});
  polite.receive(offer("theirs"));
  (void)polite.asked();
  (void)polite.made(offer("ours"));
  EXPECT_EQ(count<output::SetRemoteDescription>(polite.asked()), 1U) << "applied";
}

TEST(Negotiation, a_rolled_back_offer_that_is_answered_late_is_not_answered_any_more) {
  Side side({.polite = true});
  (void)side.made(offer("ours"));
  side.receive(offer("theirs"), 1);
  side->remote_description_applied();
  (void)side.made(answer("ours"));
  (void)side.asked();
  side.receive(answer("late"), 1);
  EXPECT_EQ(side.asked().size(), 0U);
}

TEST(Negotiation, an_answer_to_an_earlier_offer_is_too_late) {
  Side side({});
  side.negotiate();
  side->negotiation_needed();
  (void)side.made(offer("ours"));
  (void)side.asked();
  side.receive(answer("late"), 1);
  EXPECT_EQ(side.asked().size(), 0U);
  side.receive(answer("theirs"), 2);
  EXPECT_EQ(count<output::SetRemoteDescription>(side.asked()), 1U);
}

TEST(Negotiation, a_second_answer_to_the_same_offer_is_dropped) {
  Side side({});
  side.negotiate();
  side.receive(answer("theirs"), 1);
  EXPECT_EQ(side.asked().size(), 0U);
}

TEST(Negotiation, a_foreign_client_s_answer_needs_no_number) {
  Side side({.polite = true});
  (void)side.made(offer("ours"));
  (void)side.asked();
  side.receive_foreign(answer("theirs"));
  EXPECT_EQ(count<output::SetRemoteDescription>(side.asked()), 1U);
}

}  // namespace
}  // namespace parley
