#include "core/negotiation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/limits.hpp"
#include "core_outputs.hpp"

namespace parley {
namespace {

constexpr std::uint32_t our_tag = 100;
constexpr std::uint32_t their_tag = 200;

const std::vector<Slot> camera{{.name = "camera", .kind = MediaKind::video}};

std::string sdp(const std::string& ufrag) {
  return "v=0\r\na=ice-ufrag:" + ufrag + "\r\n";
}

Description offer(const std::string& ufrag) {
  return {.type = SdpType::offer, .sdp = sdp(ufrag)};
}
Description answer(const std::string& ufrag) {
  return {.type = SdpType::answer, .sdp = sdp(ufrag)};
}

Candidate candidate(const std::string& text, std::optional<std::string> ufrag) {
  return {.candidate = text,
          .sdp_mid = "0",
          .sdp_m_line_index = std::nullopt,
          .username_fragment = std::move(ufrag)};
}

/// One side's negotiation with bob, and what it has said to the browser and to him.
class Side {
 public:
  struct Role {
    bool polite = false;
    bool waits = false;
    std::vector<Slot> slots{};
  };

  explicit Side(const Role& role)
      : negotiation_({.peer = "bob",
                      .polite = role.polite,
                      .waits = role.waits,
                      .connection = 1,
                      .tag = our_tag,
                      .ice_servers = {}},
                     role.slots, start, outputs) {}

  Negotiation* operator->() { return &negotiation_; }

  /// The browser made this description.
  Negotiation::Outbox made(Description description, SlotMap slots = {}) {
    Negotiation::Outbox outbox;
    negotiation_.local_description(
        {.connection = 1, .description = std::move(description), .slots = std::move(slots)}, outbox);
    return outbox;
  }

  Negotiation::Outbox gathered(const Candidate& found) {
    Negotiation::Outbox outbox;
    negotiation_.local_candidate(found, outbox);
    return outbox;
  }

  Negotiation::Outbox repeated(bool candidates) {
    Negotiation::Outbox outbox;
    negotiation_.repeat(candidates, outbox);
    return outbox;
  }

  void receive(std::variant<Description, Candidate> body, std::uint32_t number = 1, SlotMap slots = {}) {
    negotiation_.receive(
        {.peer = "bob",
         .body = std::move(body),
         .link = wire::LinkTag{
             .connection = their_tag, .remote = our_tag, .negotiation = number, .slots = std::move(slots)}});
  }

  void receive_foreign(std::variant<Description, Candidate> body) {
    negotiation_.receive({.peer = "bob", .body = std::move(body), .link = std::nullopt});
  }

  /// What the browser is asked for since the last call.
  Outputs asked() { return drain(outputs); }

  /// Offers and is answered.
  void negotiate() {
    (void)made(offer("ours"));
    receive(answer("theirs"));
    negotiation_.remote_description_applied();
    (void)asked();
  }

  static constexpr Instant start{};
  Outputs outputs;

 private:
  Negotiation negotiation_;
};

std::vector<std::string> candidates_in(const Outputs& outputs) {
  std::vector<std::string> texts;
  for (const auto& add : all<output::AddCandidate>(outputs)) texts.push_back(add.candidate.candidate);
  return texts;
}

using Texts = std::vector<std::string>;

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
  EXPECT_EQ(candidates_in(side.asked()), Texts{"forgotten"}) << "the browser tells it apart by itself";
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
  EXPECT_EQ(side->slot_of("0", MediaKind::video), "screen");
  side->remote_description_applied();
  EXPECT_EQ(side->slot_of("0", MediaKind::video), "screen");
}

TEST(Negotiation, a_foreign_client_s_media_goes_by_its_kind) {
  Side side({.waits = true});
  side.receive_foreign(offer("theirs"));
  EXPECT_EQ(side->slot_of("0", MediaKind::audio), "microphone");
  EXPECT_EQ(side->slot_of("1", MediaKind::video), "camera");
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
