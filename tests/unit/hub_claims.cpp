// An id or a name that is taken, and who may have it.

#include <gtest/gtest.h>

#include "hub_callers.hpp"
#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

constexpr ConnectionId old = 1;
constexpr ConnectionId bob = 2;
constexpr ConnectionId newcomer = 3;
constexpr ConnectionId another = 4;

/// Ada and Bob in a room, whose welcomes are taken.
class HubClaims : public testing::Test {
 protected:
  HubClaims() {
    world.join(old, "r", "ada");
    world.join(bob, "r", "bob");
    world.forget();
  }

  void claim(ConnectionId id, const command::Join& join = stranger("ada")) {
    world.connect(id);
    world.say(id, join, 0, 0, "join");
  }

  static command::Join stranger(const std::string& peer) {
    return {.room = "r", .peer = peer, .incarnation = "a stranger's"};
  }

  /// The next page in Ada's tab.
  static command::Join reloaded(std::optional<std::string> peer = "ada") {
    return {.room = "r", .peer = std::move(peer), .incarnation = "next page of ada", .former = "page of ada"};
  }

  World world;
};

TEST_F(HubClaims, an_id_whose_holder_answers_is_taken) {
  world.stall(old);
  claim(newcomer);
  EXPECT_EQ(world.probed(), std::vector{old});
  EXPECT_EQ(world.heard(newcomer), Lines{}) << "it waits";
  world.pass(1'900ms);
  world.answer_probe(old);
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken re join"});
  world.pass(60s);
  EXPECT_EQ(world.heard(old), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubClaims, an_id_whose_holder_does_not_answer_within_2_s_is_free) {
  world.stall(old);
  claim(newcomer);
  world.pass(1'999ms);
  EXPECT_EQ(world.heard(newcomer), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(old), Lines{"close 4001"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-left ada timeout", "#2 peer-joined ada"}));
  world.drop(old);
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubClaims, all_that_the_holder_says_is_a_sign_of_life) {
  world.stall(old);
  claim(newcomer);
  world.say(old, command::Ack{});
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken re join"});
}

TEST_F(HubClaims, a_holder_that_is_away_has_2_s_to_come_back) {
  world.drop(old);
  world.pass(1s);
  claim(newcomer);
  EXPECT_EQ(world.probed(), std::vector<ConnectionId>{});
  EXPECT_EQ(world.heard(newcomer), Lines{});
  world.pass(1s);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-away ada", "#2 peer-left ada timeout", "#3 peer-joined ada"}));
}

TEST_F(HubClaims, one_that_has_been_away_for_longer_is_gone) {
  world.drop(old);
  world.pass(3s);
  claim(newcomer);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
}

TEST(HubClaimsOfSessions, a_holder_that_resumes_keeps_its_id) {
  World world;
  const std::string secret = world.join(old, "r", "ada");
  world.drop(old);
  world.connect(newcomer);
  world.say(newcomer, command::Join{.room = "r", .peer = "ada", .incarnation = "a stranger's"});
  world.resume(another, "r", secret, 0);
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken"});
  EXPECT_EQ(world.heard(another), Lines{"resumed ada"});
}

TEST_F(HubClaims, the_same_page_takes_over_at_once) {
  world.stall(old);
  claim(newcomer, {.room = "r", .peer = "ada", .incarnation = "page of ada"});
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(old), Lines{"close 4001"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-left ada replaced", "#2 peer-joined ada"}));
}

TEST_F(HubClaims, the_same_page_is_not_there_twice_and_keeps_the_id_that_it_never_learned_of) {
  world.drop(old);
  claim(newcomer, {.room = "r", .incarnation = "page of ada"});
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(roster(world.hub.members("r")), "[bob ada]");
}

TEST_F(HubClaims, the_next_page_in_a_tab_takes_over_from_one_that_is_away) {
  world.drop(old);
  claim(newcomer, reloaded());
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-away ada", "#2 peer-left ada replaced", "#3 peer-joined ada"}));
}

TEST_F(HubClaims, the_next_page_takes_over_as_soon_as_the_socket_of_the_last_one_is_lost) {
  world.stall(old);
  claim(newcomer, reloaded());
  EXPECT_EQ(world.heard(newcomer), Lines{});
  world.drop(old);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
}

TEST_F(HubClaims, the_next_page_takes_over_from_one_that_does_not_answer) {
  world.stall(old);
  claim(newcomer, reloaded());
  world.pass(2s);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-left ada replaced", "#2 peer-joined ada"}));
}

TEST_F(HubClaims, a_tab_that_was_duplicated_does_not_take_over_from_the_page_that_is_there) {
  claim(newcomer, reloaded());
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken re join"});
  EXPECT_EQ(world.heard(old), Lines{});
}

TEST_F(HubClaims, without_a_wish_for_an_id_the_next_page_gets_that_of_the_last_one) {
  world.drop(old);
  claim(newcomer, reloaded(std::nullopt));
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(roster(world.hub.members("r")), "[bob ada]") << "it is not there twice";
}

TEST_F(HubClaims, without_a_wish_for_an_id_a_duplicated_tab_is_somebody_else) {
  claim(newcomer, reloaded(std::nullopt));
  EXPECT_EQ(world.probed(), std::vector{old});
  ASSERT_EQ(world.hub.members("r").size(), 3U);
  EXPECT_EQ(world.heard(newcomer).at(0).substr(0, 6), "joined");
  EXPECT_NE(world.hub.members("r").back().id, "ada");
}

TEST_F(HubClaims, whom_the_last_page_was_gives_no_right_to_another_id) {
  world.drop(old);
  claim(newcomer, {.room = "r", .peer = "bob", .incarnation = "next page of ada", .former = "page of ada"});
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken re join"});
}

TEST_F(HubClaims, who_waits_is_heard_afterwards_in_its_order) {
  world.stall(old);
  claim(newcomer);
  world.signal(newcomer, "bob", "1");
  world.say(newcomer, command::Ping{});
  world.signal(newcomer, "bob", "2");
  EXPECT_EQ(world.heard(newcomer), Lines{"pong"});
  world.pass(2s);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"#1 peer-left ada timeout", "#2 peer-joined ada",
                                     "#3 signal ada description 1", "#4 signal ada description 2"}));
}

TEST_F(HubClaims, who_waits_says_a_bounded_number_of_things) {
  world.stall(old);
  claim(newcomer);
  for (std::size_t i = 0; i < Limits{}.claim_messages; ++i) world.signal(newcomer, "bob", "1");
  EXPECT_EQ(world.heard(newcomer), Lines{});
  world.signal(newcomer, "bob", "1");
  EXPECT_EQ(world.heard(newcomer), Lines{"error too-fast re signal"});
}

TEST_F(HubClaims, who_gives_up_waiting_changes_nothing) {
  world.stall(old);
  claim(newcomer);
  world.drop(newcomer);
  world.pass(10s);
  world.answer_probe(old);
  EXPECT_EQ(world.heard(old), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubClaims, who_is_told_to_close_while_waiting_changes_nothing) {
  world.stall(old);
  claim(newcomer);
  world.say(newcomer, command::NotUtf8{});
  world.pass(10s);
  EXPECT_EQ(world.heard(old), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubClaims, of_two_who_wait_the_first_gets_it_and_one_probe_is_enough) {
  world.stall(old);
  claim(newcomer);
  world.pass(500ms);
  claim(another, {.room = "r", .peer = "ada", .incarnation = "of another stranger"});
  EXPECT_EQ(world.probed(), std::vector{old});
  world.pass(1'500ms);
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(another), Lines{"error peer-taken re join"});
}

TEST_F(HubClaims, the_holder_may_leave_meanwhile) {
  world.stall(old);
  claim(newcomer);
  world.say(old, command::Leave{});
  EXPECT_EQ(world.heard(newcomer), Lines{"joined ada [bob]"});
  world.stall(bob);
  claim(another, {.room = "r", .peer = "bob", .incarnation = "of another stranger"});
  Outcome out;
  EXPECT_TRUE(world.hub.dismiss("r", "bob", out));
  world.pass(0ms);
  EXPECT_EQ(world.heard(another), Lines{"joined bob [ada]"});
}

TEST_F(HubClaims, a_full_room_has_a_place_for_who_takes_over) {
  World full(Limits{.peers_per_room = 1});
  full.join(old, "r", "ada");
  full.drop(old);
  full.connect(newcomer);
  full.say(newcomer, command::Join{.room = "r", .peer = "ada", .incarnation = "page of ada"});
  EXPECT_EQ(full.heard(newcomer), Lines{"joined ada []"});
}

TEST_F(HubClaims, a_member_that_the_application_speaks_for_is_asked_nothing) {
  Outcome out;
  EXPECT_TRUE(world.hub.admit({.room = "r", .peer = "device"}, world.now, out));
  claim(newcomer, {.room = "r", .peer = "device", .incarnation = "a stranger's"});
  EXPECT_EQ(world.heard(newcomer), Lines{"error peer-taken re join"});
}

TEST_F(HubClaims, who_says_goodbye_is_away_for_2_s_at_most) {
  world.drop(old, Parting::goodbye);
  EXPECT_EQ(world.heard(bob), Lines{"#1 peer-away ada"});
  world.pass(1'999ms);
  EXPECT_EQ(world.heard(bob), Lines{});
  EXPECT_EQ(world.hub.totals().away, 1U);
  world.pass(1ms);
  EXPECT_EQ(world.heard(bob), Lines{"#2 peer-left ada timeout"});
}

TEST(HubClaimsOfSessions, who_has_said_goodbye_may_come_back_in_time) {
  World world;
  const std::string secret = world.join(old, "r", "ada");
  world.drop(old, Parting::goodbye);
  world.pass(1s);
  world.resume(newcomer, "r", secret, 0);
  EXPECT_EQ(world.heard(newcomer), Lines{"resumed ada"});
  world.pass(60s);
  EXPECT_EQ(world.hub.members("r").size(), 1U);
}

TEST(HubClaimsOfSessions, no_window_is_longer_after_a_goodbye) {
  World world(Limits{.resume_window = 1s});
  world.join(old, "r", "ada");
  world.drop(old, Parting::goodbye);
  world.pass(1s);
  EXPECT_FALSE(world.hub.has_room("r"));
}

/// Ids in other dialects, where a socket that is lost is a leave: only one that has stalled is in the way.
class HubForeignClaims : public testing::TestWithParam<Dialect> {
 protected:
  void enter(ConnectionId id) {
    world.connect(id, GetParam());
    if (GetParam() == Dialect::calls) {
      world.say(id, command::Register{.name = "ada", .user_id = "x", .room = "r"});
    } else if (only_offers(GetParam())) {
      world.say(id, command::Signal{.audience = command::Audience::partner,
                                    .kind = command::SignalKind::offer,
                                    .payload = PooledString("{}"),
                                    .enter = "12345"});
    } else {
      world.say(id, command::Join{.room = "r", .peer = "ada", .or_close = true});
    }
  }

  bool has_entered(ConnectionId id) {
    const auto lines = world.heard(id);
    return std::ranges::any_of(lines, [](const auto& line) { return line.starts_with("joined "); });
  }

  bool is_refused(ConnectionId id) {
    const auto lines = world.heard(id);
    return std::ranges::any_of(lines, [](const auto& line) { return line.ends_with("-taken"); });
  }

  World world{Config{.gateway = true, .seed = 7}};
};

TEST_P(HubForeignClaims, who_is_there_stays) {
  enter(old);
  enter(newcomer);
  EXPECT_TRUE(is_refused(newcomer));
  world.pass(10s);
  EXPECT_TRUE(has_entered(old));
  EXPECT_FALSE(has_entered(newcomer));
}

TEST_P(HubForeignClaims, who_has_stalled_makes_way_within_2_s) {
  enter(old);
  ASSERT_TRUE(has_entered(old));
  world.stall(old);
  enter(newcomer);
  world.pass(2s);
  EXPECT_TRUE(has_entered(newcomer));
  EXPECT_EQ(world.heard(old).back(), "close 4001");
}

TEST_P(HubForeignClaims, whose_socket_is_lost_is_not_in_the_way) {
  enter(old);
  world.drop(old);
  enter(newcomer);
  EXPECT_TRUE(has_entered(newcomer));
}

INSTANTIATE_TEST_SUITE_P(All, HubForeignClaims,
                         testing::Values(Dialect::fastapi, Dialect::serverpod, Dialect::socketio,
                                         Dialect::calls, Dialect::sim, Dialect::whip),
                         [](const auto& of) { return std::string(name_of(of.param)); });

/// Names that users are registered under.
class HubNameClaims : public HubCalls {
 protected:
  HubNameClaims() {
    enrol_own(ada, "ada");
    enrol_own(bob, "bob", "page of bob");
    settle();
  }

  void reload(ConnectionId id) {
    world.connect(id);
    world.say(id, command::Register{.name = "ada", .user_id = "x", .secret = "next page", .former = "page"});
  }

  static bool has(const Lines& lines, std::string_view line) {
    return std::ranges::find(lines, line) != lines.end();
  }
};

TEST_F(HubNameClaims, a_name_whose_holder_answers_is_taken) {
  world.stall(ada);
  enrol_own(eve, "ada", "of a stranger");
  EXPECT_EQ(world.probed(), std::vector{ada});
  EXPECT_EQ(world.heard(eve), Lines{});
  world.answer_probe(ada);
  EXPECT_EQ(world.heard(eve), Lines{"error name-taken re register"});
}

TEST_F(HubNameClaims, a_name_whose_holder_does_not_answer_within_2_s_is_free) {
  world.stall(ada);
  enrol(eve, "ada");
  world.pass(2s);
  EXPECT_TRUE(has(world.heard(eve), "registered ada"));
  EXPECT_TRUE(has(world.heard(ada), "close 4001"));
}

TEST_F(HubNameClaims, a_name_whose_holder_is_away_is_free_after_2_s) {
  world.drop(ada);
  world.pass(1s);
  enrol_own(eve, "ada", "of a stranger");
  EXPECT_EQ(world.heard(eve), Lines{});
  world.pass(1s);
  EXPECT_TRUE(has(world.heard(eve), "registered ada"));
}

TEST_F(HubNameClaims, the_next_page_in_a_tab_has_the_name_and_the_call_of_the_last_one_at_once) {
  call(bob, "ada");
  world.drop(ada, Parting::goodbye);
  reload(eve);
  EXPECT_TRUE(has(world.heard(eve), "registered ada incoming bob"));
  EXPECT_FALSE(has(world.heard(bob), "ended ada gone"));
  // It is the one that comes back now.
  enrol_own(ada_again, "ada", "next page");
  EXPECT_TRUE(has(world.heard(ada_again), "registered ada incoming bob"));
}

TEST_F(HubNameClaims, the_same_where_the_last_one_does_not_answer) {
  call(bob, "ada");
  world.stall(ada);
  reload(eve);
  EXPECT_EQ(world.heard(eve), Lines{});
  world.pass(2s);
  EXPECT_TRUE(has(world.heard(eve), "registered ada incoming bob"));
  EXPECT_TRUE(has(world.heard(ada), "close 4001"));
}

TEST_F(HubNameClaims, a_tab_that_was_duplicated_does_not_take_over) {
  reload(eve);
  EXPECT_EQ(world.heard(eve), Lines{"error name-taken"});
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubNameClaims, a_stranger_that_takes_over_ends_the_call) {
  call(bob, "ada");
  world.forget();
  world.stall(ada);
  enrol_own(eve, "ada", "of a stranger");
  world.pass(2s);
  EXPECT_TRUE(has(world.heard(eve), "registered ada"));
  EXPECT_TRUE(has(world.heard(bob), "ended ada gone"));
}

TEST_F(HubNameClaims, who_says_goodbye_is_online_for_2_s_at_most) {
  world.drop(ada, Parting::goodbye);
  world.pass(1'999ms);
  call(bob, "ada");
  EXPECT_FALSE(has(world.heard(bob), "error user-offline re call"));
  hang_up(bob, "ada");
  world.pass(1ms);
  call(bob, "ada");
  EXPECT_TRUE(has(world.heard(bob), "error user-offline re call"));
}

}  // namespace
}  // namespace parley::hub
