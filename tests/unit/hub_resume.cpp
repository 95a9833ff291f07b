#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

TEST(HubResume, a_lost_socket_is_seen_as_away_and_not_as_left_until_the_window_closes) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.drop(2);
  EXPECT_EQ(world.heard(1), (Lines{"#2 peer-away bob"}));
  EXPECT_EQ(roster(world.hub.members("r")), "[ada bob(away)]");
  world.pass(29'999ms);
  EXPECT_EQ(world.heard(1), Lines{});
  world.pass(1ms);
  EXPECT_EQ(world.heard(1), (Lines{"#3 peer-left bob timeout"}));
  EXPECT_EQ(roster(world.hub.members("r")), "[ada]");
}

TEST(HubResume, what_was_missed_is_replayed_in_order_and_once) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.signal(2, "ada", "[1]");
  world.forget();
  world.drop(1);
  world.signal(2, "ada", "[2]");
  world.join(3, "r", "eve");
  world.forget();
  world.resume(4, "r", secret, 1);
  EXPECT_EQ(world.heard(4), (Lines{"resumed ada", "#2 signal bob description [1]",
                                   "#3 signal bob description [2]", "#4 peer-joined eve"}));
  EXPECT_EQ(world.heard(2), (Lines{"#3 peer-back ada"}));
  EXPECT_EQ(world.heard(3), (Lines{"#1 peer-back ada"}));
  EXPECT_EQ(roster(world.hub.members("r")), "[ada bob eve]");
}

TEST(HubResume, a_resumed_client_learns_what_of_its_own_arrived) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.signal(1, "bob", "{}", 1);
  world.signal(1, "bob", "{}", 2);
  world.drop(1);
  world.resume(3, "r", secret, 1);
  EXPECT_EQ(world.acks(3), (std::vector<std::uint64_t>{2}));
  world.forget();
  world.signal(3, "bob", "{}", 2);
  world.signal(3, "bob", "{}", 3);
  EXPECT_EQ(world.heard(2), (Lines{"#5 signal ada description {}"}));
}

TEST(HubResume, what_was_acknowledged_before_is_not_kept) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.signal(2, "ada", "{}");
  world.say(1, command::Ack{}, 0, 2);
  world.drop(1);
  world.forget();
  world.resume(3, "r", secret, 0);
  EXPECT_EQ(world.heard(3), (Lines{"resumed ada"}));
}

TEST(HubResume, a_socket_that_still_seemed_alive_is_told_that_the_session_goes_on_elsewhere) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.resume(3, "r", secret, 1);
  world.signal(2, "ada", "{}");
  world.signal(1, "bob", "{}");
  world.drop(1);
  EXPECT_EQ(world.heard(1), (Lines{"close 4001"}));
  EXPECT_EQ(world.heard(3), (Lines{"resumed ada", "#2 signal bob description {}"}));
  EXPECT_EQ(world.heard(2), Lines{}) << "the others need not know";
}

TEST(HubResume, a_secret_that_the_room_does_not_know_is_a_fresh_join) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.drop(1);
  world.resume(2, "elsewhere", secret, 0);
  EXPECT_EQ(world.heard(2).at(0).substr(0, 6), "joined");
  world.join(3, "r", "bob");
  world.resume(4, "r", "guessed", 0);
  EXPECT_EQ(world.heard(4).at(0).substr(0, 6), "joined");
  EXPECT_EQ(world.hub.members("r").size(), 3U) << "and the session it was not let into lives on";
}

TEST(HubResume, the_window_closed_is_a_fresh_join_under_the_same_id) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.drop(1);
  world.pass(30s);
  world.forget();
  world.connect(3);
  world.say(3, command::Join{
                   .room = "r", .peer = "ada", .incarnation = "page", .resume = command::Resume{secret, 1}});
  EXPECT_NE(world.secret(3), secret);
  EXPECT_EQ(world.heard(3), (Lines{"joined ada [bob]"}));
  EXPECT_EQ(world.heard(2), (Lines{"#3 peer-joined ada"}));
}

TEST(HubResume, who_missed_more_than_is_kept_joins_afresh_and_replaces_itself) {
  World world(Limits{.replay_messages = 2});
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  for (int i = 0; i < 3; ++i) world.signal(2, "ada", "{}");
  world.forget();
  world.resume(3, "r", secret, 1);
  EXPECT_EQ(world.heard(1), (Lines{"close 4001"}));
  EXPECT_EQ(world.heard(3), (Lines{"joined ada [bob]"}));
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-left ada replaced", "#2 peer-joined ada"}));
}

TEST(HubResume, a_page_that_was_loaded_anew_joins_afresh_and_replaces_itself) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.drop(1);
  world.forget();
  world.connect(2);
  world.say(2, command::Join{.room = "r", .incarnation = "another", .resume = command::Resume{secret, 0}});
  EXPECT_NE(world.secret(2), secret);
  EXPECT_EQ(world.heard(2), (Lines{"joined ada []"}));
}

TEST(HubResume, a_fresh_join_whose_answer_was_lost_can_be_said_again_as_it_was) {
  World world;
  world.join(1, "r", "bob");
  const command::Join after_a_restart{
      .room = "r", .peer = "ada", .incarnation = "page", .resume = command::Resume{"of the host before", 7}};
  world.connect(2);
  world.say(2, after_a_restart);
  world.drop(2);
  world.connect(3);
  world.say(3, after_a_restart);
  EXPECT_EQ(world.heard(3), (Lines{"joined ada [bob]"}));
  EXPECT_EQ(world.heard(1), (Lines{"joined bob []", "#1 peer-joined ada", "#2 peer-away ada",
                                   "#3 peer-left ada replaced", "#4 peer-joined ada"}));
}

TEST(HubResume, nobody_resumes_with_an_empty_secret) {
  World world;
  world.join(1, "r", "ada");
  world.connect(2);
  world.say(
      2, command::Join{.room = "r", .peer = "ada", .incarnation = "page", .resume = command::Resume{"", 0}});
  EXPECT_EQ(world.heard(2), (Lines{"error peer-taken"}));
}

TEST(HubResume, who_says_it_got_more_than_was_sent_joins_afresh) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.drop(1);
  world.forget();
  world.resume(2, "r", secret, 1);
  EXPECT_EQ(world.heard(2), (Lines{"joined ada []"}));
}

TEST(HubResume, who_is_away_and_can_resume_no_more_leaves_at_once) {
  World world(Limits{.replay_messages = 2});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.drop(1);
  world.signal(2, "ada", "[1]");
  world.signal(2, "ada", "[2]");
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-away ada"}));
  world.signal(2, "ada", "[3]");
  EXPECT_EQ(world.heard(2), (Lines{"#2 peer-left ada timeout"}));
}

TEST(HubResume, what_is_kept_is_bounded_in_bytes_too) {
  World world(Limits{.replay_bytes = 3'000});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.drop(1);
  world.signal(2, "ada", std::string(1'500, 'x'));
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-away ada"}));
  world.signal(2, "ada", std::string(1'500, 'x'));
  EXPECT_EQ(world.heard(2), (Lines{"#2 peer-left ada timeout"}));
}

TEST(HubResume, one_leaving_for_having_missed_too_much_may_be_what_dooms_the_next) {
  World world(Limits{.replay_messages = 1});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.join(3, "r", "eve");
  world.drop(2);
  world.drop(1);
  world.forget();
  world.signal(3, "ada", "[1]");
  EXPECT_EQ(roster(world.hub.members("r")), "[ada(away) bob(away) eve]");
  world.signal(3, "ada", "[2]");
  EXPECT_EQ(roster(world.hub.members("r")), "[eve]");
  EXPECT_EQ(world.heard(3).size(), 2U);
  EXPECT_EQ(world.hub.totals().away, 0U);
}

TEST(HubResume, a_session_may_be_lost_and_resumed_again_and_again) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  std::uint64_t sent = 1;
  for (ConnectionId id = 10; id < 60; ++id) {
    world.drop(id == 10 ? 1 : id - 1);
    world.signal(2, "ada", "{}");
    world.pass(29s);
    world.resume(id, "r", secret, sent);
    ++sent;
    EXPECT_EQ(world.heard(id),
              (Lines{"resumed ada", '#' + std::to_string(sent) + " signal bob description {}"}));
  }
}

TEST(HubResume, a_secret_comes_from_the_source_that_the_server_gave) {
  int made = 0;
  World world(Config{.make_secret = [&made] { return "secret " + std::to_string(++made); }});
  EXPECT_EQ(world.join(1, "r", "ada"), "secret 1");
  EXPECT_EQ(world.join(2, "r", "bob"), "secret 2");
}

}  // namespace
}  // namespace parley::hub
