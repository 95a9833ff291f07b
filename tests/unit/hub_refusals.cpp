#include <gtest/gtest.h>

#include <algorithm>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

Lines answers_to(const command::Join& join, Limits limits = {}) {
  World world(limits);
  world.connect(1);
  world.say(1, join, 0, 0, "join");
  return world.heard(1);
}

TEST(HubRefusals, a_name_of_a_room_a_peer_or_a_page_that_breaks_the_rules_is_a_bad_field) {
  const std::string longest(128, 'x');
  const Lines bad{"error bad-field re join"};
  EXPECT_EQ(answers_to({.room = longest, .peer = longest, .incarnation = std::string(64, 'x')}).at(0),
            "joined " + longest + " []");
  EXPECT_EQ(answers_to({.room = "", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = longest + "x", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "two\nlines", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = ".", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "..", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "...", .peer = ".", .incarnation = "page"}), (Lines{"joined . []"}));
  EXPECT_EQ(answers_to({.room = "r", .peer = "", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "r", .peer = longest + "x", .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "r", .incarnation = ""}), bad);
  EXPECT_EQ(answers_to({.room = "r", .incarnation = std::string(65, 'x')}), bad);
  EXPECT_EQ(answers_to({.room = "r", .incarnation = "pag\u00e9"}), bad);
  EXPECT_EQ(answers_to({.room = "r", .incarnation = "page", .resume = command::Resume{longest + "x", 0}}),
            bad);
}

TEST(HubRefusals, a_display_name_or_metadata_that_is_too_long_is_a_bad_field) {
  const Lines bad{"error bad-field re join"};
  EXPECT_EQ(answers_to({.room = "r", .peer = "a", .name = std::string(128, 'x'), .incarnation = "page"}),
            (Lines{"joined a []"}));
  EXPECT_EQ(answers_to({.room = "r", .name = std::string(129, 'x'), .incarnation = "page"}), bad);
  EXPECT_EQ(answers_to({.room = "r", .meta = '"' + std::string(4'095, 'x') + '"', .incarnation = "page"}),
            bad);

  World world;
  world.join(1, "r", "ada");
  world.forget();
  world.say(1, command::Update{.name = std::string(129, 'x')}, 1, 0, "update");
  EXPECT_EQ(world.heard(1), (Lines{"#1 error bad-field re update"}));
}

TEST(HubRefusals, a_bad_field_is_named_in_the_sentence) {
  World world;
  world.connect(1);
  Outcome out;
  world.hub.handle(1, {.command = command::Join{.room = "r", .incarnation = ""}}, world.now, out);
  ASSERT_EQ(out.deliveries.size(), 1U);
  EXPECT_EQ(std::get<event::Error>(out.deliveries[0].event->body).message,
            "\"incarnation\" must be 1 to 64 printable ASCII characters.");
}

TEST(HubRefusals, before_joining_only_join_ping_and_ack_are_taken) {
  World world;
  world.connect(1);
  world.say(1, command::Signal{.to = "bob", .payload = "{}"}, 1, 0, "signal");
  world.say(1, command::Update{.name = "Ada"}, 2, 0, "update");
  world.say(1, command::Leave{}, 3, 0, "leave");
  world.say(1, command::Ack{});
  world.say(1, command::Ping{});
  EXPECT_EQ(world.heard(1), (Lines{"error not-joined re signal", "error not-joined re update",
                                   "error not-joined re leave", "pong"}));
}

TEST(HubRefusals, one_socket_is_in_one_room_at_a_time) {
  World world;
  world.join(1, "r", "ada");
  world.forget();
  world.say(1, command::Join{.room = "elsewhere", .incarnation = "page"}, 0, 0, "join");
  EXPECT_EQ(world.heard(1), (Lines{"error already-joined re join"}));
  EXPECT_FALSE(world.hub.has_room("elsewhere"));
}

TEST(HubRefusals, a_signal_to_nobody_or_to_oneself_is_refused) {
  World world;
  world.join(1, "r", "ada");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.signal(1, "ada", "{}", 2);
  EXPECT_EQ(world.heard(1), (Lines{"#1 error no-such-peer re signal", "#2 error no-such-peer re signal"}));
}

TEST(HubRefusals, a_room_takes_as_many_as_its_limit_says_and_one_more_when_one_leaves) {
  World world(Limits{.peers_per_room = 2});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.join(3, "r", "eve");
  EXPECT_EQ(world.heard(3), (Lines{"error room-full"}));
  world.say(1, command::Leave{});
  world.join(3, "r", "eve");
  EXPECT_EQ(world.heard(3), (Lines{"joined eve [bob]"}));
}

TEST(HubRefusals, the_host_takes_as_many_rooms_as_its_limit_says_and_one_more_when_one_empties) {
  World world(Limits{.rooms = 1});
  world.join(1, "one", "ada");
  world.join(2, "two", "bob");
  EXPECT_EQ(world.heard(2), (Lines{"error too-many-rooms"}));
  world.say(1, command::Leave{});
  world.join(2, "two", "bob");
  EXPECT_EQ(world.heard(2), (Lines{"joined bob []"}));
}

TEST(HubRefusals, an_id_in_use_is_taken_until_its_member_has_left) {
  World world;
  world.join(1, "r", "ada");
  world.connect(2);
  const command::Join wish{.room = "r", .peer = "ada", .incarnation = "another page"};
  world.say(2, wish);
  EXPECT_EQ(world.heard(2), (Lines{"error peer-taken"}));
  world.say(1, command::Leave{});
  world.say(2, wish);
  EXPECT_EQ(world.heard(2), (Lines{"joined ada []"}));
}

TEST(HubRefusals, what_its_dialect_could_not_read_is_answered_in_its_place) {
  World world;
  world.join(1, "r", "ada");
  world.forget();
  world.say(1, command::Refused{.code = ErrorCode::not_json, .message = "no"});
  world.say(1, command::Refused{.code = ErrorCode::bad_field, .message = "no"}, 1, 0, "signal");
  world.say(1, command::Refused{.code = ErrorCode::bad_field, .message = "no"}, 1, 0, "signal");
  EXPECT_EQ(world.heard(1), (Lines{"error not-json", "#1 error bad-field re signal"}));
}

TEST(HubRefusals, text_that_is_not_utf8_closes_the_socket_and_its_member_can_resume) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.say(1, command::NotUtf8{});
  world.signal(1, "bob", "{}");
  world.signal(2, "ada", "{}");
  EXPECT_EQ(world.heard(1), (Lines{"close 1007"}));
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-away ada"}));
  world.drop(1);
  world.resume(3, "r", secret, 1);
  EXPECT_EQ(world.heard(3), (Lines{"resumed ada", "#2 signal bob description {}"}));
}

TEST(HubRefusals, who_is_too_fast_is_told_and_what_came_too_fast_is_dropped) {
  World world(Limits{.messages_per_second = 10, .message_burst = 3});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.signal(1, "bob", "{}", 1);
  world.signal(1, "bob", "{}", 2);
  world.signal(1, "bob", "{}", 3);
  EXPECT_EQ(world.heard(1), (Lines{"#2 error too-fast re signal"}));
  world.pass(100ms);
  world.signal(1, "bob", "{}", 4);
  EXPECT_EQ(world.heard(2), (Lines{"#1 signal ada description {}", "#2 signal ada description {}",
                                   "#3 signal ada description {}"}));
}

TEST(HubRefusals, who_goes_on_flooding_is_closed_and_gone) {
  World world(Limits{.messages_per_second = 10, .message_burst = 2, .flood_messages = 3});
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  for (int i = 0; i < 20; ++i) world.signal(1, "bob", "{}");
  EXPECT_EQ(world.heard(1), (Lines{"error too-fast re signal", "error too-fast re signal",
                                   "error too-fast re signal", "close 1008"}));
  EXPECT_EQ(world.heard(2), (Lines{"#1 signal ada description {}", "#2 peer-left ada closed"}));
}

TEST(HubRefusals, who_pauses_after_a_burst_is_not_taken_for_a_flood) {
  World world(Limits{.messages_per_second = 10, .message_burst = 2, .flood_messages = 3});
  world.join(1, "r", "ada");
  for (int burst = 0; burst < 10; ++burst) {
    for (int i = 0; i < 4; ++i) world.say(1, command::Ping{});
    world.pass(1s);
  }
  const Lines heard = world.heard(1);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "close 1008"), 0) << testing::PrintToString(heard);
}

TEST(HubRefusals, bytes_count_too_and_short_messages_go_on) {
  World world(Limits{.bytes_per_second = 100, .byte_burst = 1'000});
  world.connect(1);
  const auto say = [&](std::size_t bytes) {
    world.say(1, Message{.command = command::Ping{}, .bytes = bytes});
  };
  say(900);
  say(200);
  say(100);
  EXPECT_EQ(world.heard(1), (Lines{"pong", "error too-fast", "pong"}));
  world.pass(2s);
  say(200);
  EXPECT_EQ(world.heard(1), Lines{"pong"});
}

TEST(HubRefusals, a_rate_of_zero_is_no_limit) {
  World world(Limits{.messages_per_second = 0, .message_burst = 0});
  world.connect(1);
  for (int i = 0; i < 10'000; ++i) world.say(1, command::Ping{});
  EXPECT_EQ(world.heard(1), Lines(10'000, "pong"));
}

}  // namespace
}  // namespace parley::hub
