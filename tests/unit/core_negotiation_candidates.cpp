// Which candidates count, and how much of what a peer sends is kept.

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "core_negotiation_test.hpp"

namespace parley {
namespace {

// Candidates.

TEST(Negotiation, candidates_wait_for_the_first_remote_description) {
  Side side({.waits = true});
  (void)side.asked();
  side.receive(candidate("c1", "theirs"));
  side.receive(candidate("c2", "theirs"));
  EXPECT_EQ(side.asked().size(), 0U);
  side.receive(offer("theirs"));
  side.receive(candidate("c3", "theirs"));
  EXPECT_EQ(candidates_in(side.asked()), Texts{}) << "it is still being applied";
  side->remote_description_applied();
  (void)side.made(answer("ours"));
  EXPECT_EQ(candidates_in(side.asked()), (Texts{"c1", "c2", "c3"}));
}

TEST(Negotiation, a_bounded_number_of_candidates_waits) {
  Side side({.waits = true});
  for (std::size_t i = 0; i < limits.early_candidates + 10; ++i) side.receive(candidate("c", "theirs"));
  side.receive(offer("theirs"));
  side->remote_description_applied();
  EXPECT_EQ(count<output::AddCandidate>(side.asked()), limits.early_candidates);
}

TEST(Negotiation, candidates_that_come_before_their_answer_wait_for_it) {
  Side side({});
  side.negotiate();
  side->negotiation_needed();
  (void)side.made(offer("ours"));
  (void)side.asked();
  // The host restarted and their answer was lost: they repeat its candidates, and answer anew a moment later.
  side.receive(candidate("c1", "restarted"));
  EXPECT_EQ(candidates_in(side.asked()), Texts{}) << "the browser would refuse it";
  side.receive(answer("restarted"), 2);
  side->remote_description_applied();
  EXPECT_EQ(candidates_in(side.asked()), Texts{"c1"});
}

TEST(Negotiation, of_too_many_candidates_that_wait_the_oldest_are_dropped) {
  Side side({});
  side.negotiate();
  for (std::size_t i = 0; i < limits.early_candidates; ++i)
    side.receive(candidate("never described", "unknown"));
  side.receive(candidate("c", "restarted"));
  side.receive(offer("restarted"), 2);
  side->remote_description_applied();
  EXPECT_EQ(candidates_in(side.asked()), Texts{"c"});
}

TEST(Negotiation, a_late_candidate_of_an_old_generation_is_dropped) {
  Side side({});
  side.negotiate();
  side.receive(offer("restarted"), 2);
  side->remote_description_applied();
  (void)side.made(answer("ours"));
  (void)side.asked();
  side.receive(candidate("old", "theirs"));
  side.receive(candidate("new", "restarted"));
  EXPECT_EQ(candidates_in(side.asked()), Texts{"new"});
}

TEST(Negotiation, a_bounded_number_of_old_generations_is_remembered) {
  Side side({});
  side.negotiate();
  for (std::size_t i = 0; i <= limits.retired + 1; ++i) {
    side.receive(offer("generation" + std::to_string(i)), 2);
    side->remote_description_applied();
    (void)side.made(answer("ours"));
  }
  (void)side.asked();
  side.receive(candidate("latest of the old", "generation" + std::to_string(limits.retired)));
  EXPECT_EQ(candidates_in(side.asked()), Texts{});
  side.receive(candidate("forgotten", "theirs"));
  side.receive(offer("theirs"), 2);
  side->remote_description_applied();
  EXPECT_EQ(candidates_in(side.asked()), Texts{"forgotten"})
      << "it waits like one whose description is to come";
}

TEST(Negotiation, a_candidate_of_the_generation_in_force_counts_even_while_an_offer_is_ignored) {
  Side side({});
  side.negotiate();
  side->negotiation_needed();
  (void)side.made(offer("ours"));
  side.receive(offer("ignored"), 7);
  (void)side.asked();
  side.receive(candidate("current", "theirs"));
  side.receive(candidate("of the ignored", "ignored"));
  EXPECT_EQ(candidates_in(side.asked()), Texts{"current"});
}

TEST(Negotiation, own_candidates_go_out_after_the_description_they_belong_to) {
  Side side({});
  EXPECT_EQ(side.gathered(candidate("c1", "ours")).size(), 0U) << "the offer is not out yet";
  const auto outbox = side.made(offer("ours"));
  ASSERT_EQ(outbox.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<Description>(outbox[0].body));
  EXPECT_EQ(std::get<Candidate>(outbox[1].body).candidate, "c1");
  EXPECT_EQ(side.gathered(candidate("c2", "ours")).size(), 1U);
}

// What a peer may send at worst.

TEST(Negotiation, the_inbox_holds_a_bounded_number_of_signals) {
  Side side({.waits = true});
  side.receive(offer("theirs"));
  for (std::size_t i = 0; i < limits.inbox + 10; ++i) side.receive(candidate("c", "theirs"));
  (void)side.asked();
  side->remote_description_applied();
  (void)side.made(answer("ours"));
  EXPECT_EQ(count<output::AddCandidate>(side.asked()), limits.inbox);
}

TEST(Negotiation, the_inbox_holds_a_bounded_number_of_bytes) {
  Side side({.waits = true});
  side.receive(offer("theirs"));
  (void)side.asked();
  const std::string half(limits.inbox_bytes / 2, 'x');
  for (int i = 0; i < 5; ++i) side.receive(Description{.type = SdpType::offer, .sdp = half});
  int applied = 0;
  side->remote_description_applied();
  while (count<output::SetLocalDescription>(side.asked()) > 0 && applied < 10) {
    ++applied;
    (void)side.made(answer("ours"));
    side->remote_description_applied();
  }
  EXPECT_EQ(applied, 3) << "the first and the two that the inbox has room for";
}

TEST(Negotiation, an_answer_out_of_nowhere_is_dropped) {
  Side side({.waits = true});
  (void)side.asked();
  side.receive(answer("theirs"), 0);
  side.receive_foreign(answer("theirs"));
  EXPECT_EQ(side.asked().size(), 0U);
}

TEST(Negotiation, results_that_nobody_asked_for_change_nothing) {
  Side side({});
  side.negotiate();
  EXPECT_EQ(side.made(offer("stray")).size(), 0U);
  side->remote_description_applied();
  EXPECT_EQ(side.asked().size(), 0U);
  EXPECT_EQ(side->signaling(), SignalingState::stable);
}

TEST(Negotiation, a_refused_offer_leaves_a_stable_connection_as_it_was) {
  Side side({});
  side.negotiate();
  side.receive(offer("garbage"), 2);
  EXPECT_FALSE(side->remote_description_failed());
  EXPECT_EQ(side->signaling(), SignalingState::stable);
  (void)side.asked();
  side.receive(candidate("c", "theirs"));
  EXPECT_EQ(candidates_in(side.asked()), Texts{"c"}) << "the generation in force is still the old one";
}

TEST(Negotiation, a_refused_answer_needs_a_fresh_connection) {
  Side side({});
  (void)side.made(offer("ours"));
  side.receive(answer("garbage"));
  EXPECT_TRUE(side->remote_description_failed());
}

TEST(Negotiation, a_refused_offer_that_was_to_roll_ours_back_needs_a_fresh_connection) {
  Side side({.polite = true});
  (void)side.made(offer("ours"));
  side.receive(offer("garbage"));
  EXPECT_TRUE(side->remote_description_failed());
}

TEST(Negotiation, a_slot_that_was_to_be_placed_with_a_refused_offer_is_placed_all_the_same) {
  Side side({});
  side.negotiate();
  side.receive(offer("garbage"), 2);
  side->open_slot(camera[0]);
  (void)side.asked();
  EXPECT_FALSE(side->remote_description_failed());
  EXPECT_EQ(only<output::AddSlot>(side.asked()).slot.name, "camera");
}

TEST(Negotiation, who_waited_for_an_offer_that_is_refused_offers_its_own_slots) {
  Side side({.waits = true, .slots = camera});
  side->negotiation_needed();
  (void)side.asked();
  side.receive(offer("garbage"));
  EXPECT_FALSE(side->remote_description_failed());
  const Outputs asked = side.asked();
  EXPECT_EQ(count<output::AddSlot>(asked), 1U);
  EXPECT_EQ(count<output::SetLocalDescription>(asked), 1U);
}

}  // namespace
}  // namespace parley
