// Which m-line carries what, and what is said again.

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "core_negotiation_test.hpp"

namespace parley {
namespace {

// Slots.

TEST(Negotiation, a_slot_takes_the_m_line_that_the_peer_opened_under_its_name) {
  Side side({.waits = true, .slots = camera});
  side.receive(offer("theirs"), 1, {{"0", "microphone"}, {"1", "camera"}});
  side->remote_description_applied();
  const Outputs asked = side.asked();
  EXPECT_EQ(count<output::AddSlot>(asked), 0U);
  EXPECT_EQ(only<output::BindSlot>(asked).slot, "camera");
  EXPECT_EQ(only<output::BindSlot>(asked).mid, "1");
}

TEST(Negotiation, a_slot_that_the_peer_does_not_have_gets_an_m_line_of_its_own) {
  Side side({.waits = true, .slots = camera});
  side.receive(offer("theirs"), 1, {{"0", "microphone"}});
  side->remote_description_applied();
  const Outputs asked = side.asked();
  EXPECT_EQ(only<output::AddSlot>(asked).slot.name, "camera");
  EXPECT_EQ(count<output::BindSlot>(asked), 0U);
}

TEST(Negotiation, both_open_the_same_slot_at_once_and_share_one_m_line) {
  Side polite({.polite = true, .slots = camera});
  (void)polite.made(offer("ours"), {{"0", "camera"}});
  polite.receive(offer("theirs"), 1, {{"0", "camera"}});
  polite->remote_description_applied();
  EXPECT_EQ(only<output::BindSlot>(polite.asked()).mid, "0");
  const auto outbox = polite.made(answer("ours"), {{"0", "camera"}});
  EXPECT_EQ(outbox[0].link->slots, (SlotMap{{"0", "camera"}}));
  polite->negotiation_needed();
  EXPECT_EQ(count<output::AddSlot>(polite.asked()), 0U) << "it is placed once and for all";
}

TEST(Negotiation, a_slot_opened_later_is_added_and_negotiated_when_the_browser_asks) {
  Side side({});
  side.negotiate();
  side->open_slot(camera[0]);
  EXPECT_EQ(only<output::AddSlot>(side.asked()).slot.name, "camera");
  side->negotiation_needed();
  EXPECT_EQ(count<output::SetLocalDescription>(side.asked()), 1U);
}

TEST(Negotiation, opening_a_slot_again_does_nothing) {
  Side side({.slots = camera});
  (void)side.asked();
  side->open_slot(camera[0]);
  EXPECT_EQ(side.asked().size(), 0U);
}

TEST(Negotiation, a_slot_opened_while_waiting_or_answering_is_placed_with_the_peer_s_offer) {
  Side waiting({.waits = true});
  (void)waiting.asked();
  waiting->open_slot(camera[0]);
  EXPECT_EQ(waiting.asked().size(), 0U);
  waiting.receive(offer("theirs"), 1, {{"0", "camera"}});
  waiting->open_slot({.name = "screen", .kind = MediaKind::video});
  waiting->remote_description_applied();
  const Outputs asked = waiting.asked();
  EXPECT_EQ(only<output::BindSlot>(asked).slot, "camera");
  EXPECT_EQ(only<output::AddSlot>(asked).slot.name, "screen");
}

TEST(Negotiation, remote_media_is_known_by_its_slot_already_while_the_offer_is_applied) {
  Side side({.waits = true});
  side.receive(offer("theirs"), 1, {{"0", "screen"}});
  const std::vector<NamedTrack> shared{{.mid = "0", .kind = MediaKind::video, .slot = "screen"}};
  EXPECT_EQ(side->track_added("0", MediaKind::video), shared);
  side->remote_description_applied();
  EXPECT_EQ(side->track_added("0", MediaKind::video), shared);
}

TEST(Negotiation, media_of_an_unnamed_line_goes_by_its_kind) {
  Side side({.waits = true});
  side.receive(offer("theirs"), 1, {});
  EXPECT_EQ(side->track_added("0", MediaKind::audio).at(0).slot, "microphone");
  EXPECT_EQ(side->track_added("1", MediaKind::video).at(0).slot, "camera");
}

TEST(Negotiation, media_of_a_named_line_keeps_its_name_whether_it_flows_or_not) {
  Side side({.waits = true});
  side.receive(offer("theirs"), 1, {{"0", "camera"}, {"1", "screen"}});
  EXPECT_EQ(side->track_flows("1"), std::vector<NamedTrack>{});
}

TEST(Negotiation, a_peer_that_names_ever_new_m_lines_fills_no_memory_and_no_answer) {
  Side side({.waits = true});
  for (std::size_t round = 0; round < 10; ++round) {
    SlotMap slots;
    for (std::size_t i = 0; i < limits.slots; ++i) {
      slots.emplace(std::to_string(round) + "." + std::to_string(i), "camera");
    }
    side.receive(offer("theirs"), 1, std::move(slots));
    side->remote_description_applied();
    EXPECT_EQ(side.made(answer("ours"))[0].link->slots.size(), limits.slots);
  }
}

// Repairs.

TEST(Negotiation, an_ice_restart_is_the_browser_s_and_negotiated_when_it_asks) {
  Side side({});
  side.negotiate();
  side->restart_ice();
  const Outputs asked = side.asked();
  EXPECT_EQ(count<output::RestartIce>(asked), 1U);
  EXPECT_EQ(count<output::SetLocalDescription>(asked), 0U);
}

TEST(Negotiation, an_offer_without_an_answer_is_repeated_with_its_candidates) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.gathered(candidate("c1", "ours"));
  const auto outbox = side.repeated(false);
  ASSERT_EQ(outbox.size(), 2U);
  EXPECT_EQ(std::get<Description>(outbox[0].body), offer("ours"));
  EXPECT_EQ(outbox[0].link->negotiation, 1U) << "the same number: whichever answer comes first counts";
  EXPECT_EQ(std::get<Candidate>(outbox[1].body).candidate, "c1");
}

TEST(Negotiation, nothing_of_a_settled_connection_is_repeated_but_candidates_where_asked) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.gathered(candidate("c1", "ours"));
  side.receive(answer("theirs"));
  side->remote_description_applied();
  EXPECT_EQ(side.repeated(false).size(), 0U);
  ASSERT_EQ(side.repeated(true).size(), 1U);
}

TEST(Negotiation, only_the_candidates_of_the_latest_generation_are_repeated) {
  Side side({});
  (void)side.made(offer("ours"));
  (void)side.gathered(candidate("old", "ours"));
  side.receive(answer("theirs"));
  side->remote_description_applied();
  side->negotiation_needed();
  (void)side.made(offer("restarted"));
  (void)side.gathered(candidate("new", "restarted"));
  const auto outbox = side.repeated(true);
  ASSERT_EQ(outbox.size(), 2U);
  EXPECT_EQ(std::get<Candidate>(outbox[1].body).candidate, "new");
}

TEST(Negotiation, an_offer_that_is_repeated_after_its_answer_is_answered_again) {
  Side side({.waits = true});
  for (int i = 0; i < 2; ++i) {
    side.receive(offer("theirs"), 1);
    side->remote_description_applied();
    EXPECT_EQ(side.made(answer("ours")).size(), 1U);
  }
}

}  // namespace
}  // namespace parley
