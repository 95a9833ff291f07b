#include <gtest/gtest.h>

#include <set>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

TEST(HubRooms, the_first_to_join_finds_the_room_empty_and_the_second_finds_the_first) {
  World world;
  world.join(1, "blue-otter", "ada");
  world.join(2, "blue-otter", "bob");
  EXPECT_EQ(world.heard(1), (Lines{"joined ada []", "#1 peer-joined bob"}));
  EXPECT_EQ(world.heard(2), (Lines{"joined bob [ada]"}));
  EXPECT_EQ(roster(world.hub.members("blue-otter")), "[ada bob]");
}

TEST(HubRooms, everybody_but_the_newcomer_is_told_of_a_newcomer) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.join(3, "r", "eve");
  EXPECT_EQ(world.heard(1), (Lines{"#2 peer-joined eve"}));
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-joined eve"}));
  EXPECT_EQ(world.heard(3), (Lines{"joined eve [ada bob]"}));
}

TEST(HubRooms, rooms_do_not_hear_of_each_other) {
  World world;
  world.join(1, "one", "ada");
  world.join(2, "two", "ada");
  world.signal(1, "bob", "{}");
  EXPECT_EQ(world.heard(1), (Lines{"joined ada []", "error no-such-peer re signal"}));
  EXPECT_EQ(world.heard(2), (Lines{"joined ada []"}));
}

TEST(HubRooms, a_joined_member_is_shown_with_all_that_it_said_of_itself) {
  World world;
  world.connect(1);
  world.say(1, command::Join{
                   .room = "r", .peer = "ada", .name = "Ada", .meta = R"({"a":1})", .incarnation = "9f2c"});
  const std::vector<Member> members = world.hub.members("r");
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0], (Member{.id = "ada",
                                .name = "Ada",
                                .meta = R"({"a":1})",
                                .incarnation = "9f2c",
                                .dialect = Dialect::parley,
                                .away = false}));
}

TEST(HubRooms, who_asks_for_no_id_gets_a_readable_one_that_nobody_in_the_room_has) {
  World world(Limits{.peers_per_room = 300});
  for (ConnectionId id = 1; id <= 300; ++id) {
    world.connect(id);
    world.say(id, command::Join{.room = "r", .incarnation = "page " + std::to_string(id)});
  }
  std::set<std::string> ids;
  for (const Member& member : world.hub.members("r")) ids.insert(member.id);
  EXPECT_EQ(ids.size(), 300U);
}

TEST(HubRooms, the_same_seed_makes_the_same_ids) {
  World one;
  World other;
  for (World* world : {&one, &other}) {
    world->connect(1);
    world->say(1, command::Join{.room = "r", .incarnation = "page"});
  }
  EXPECT_EQ(one.heard(1), other.heard(1));
}

TEST(HubRooms, who_leaves_is_gone_at_once_and_its_socket_may_join_again) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.forget();
  world.say(2, command::Leave{}, 1);
  EXPECT_EQ(world.heard(1), (Lines{"#2 peer-left bob left"}));
  EXPECT_EQ(roster(world.hub.members("r")), "[ada]");
  world.say(2, command::Join{.room = "elsewhere", .peer = "bob", .incarnation = "page"});
  EXPECT_EQ(world.heard(2), (Lines{"joined bob []"}));
}

TEST(HubRooms, a_room_that_everybody_left_is_no_more) {
  World world;
  world.join(1, "r", "ada");
  EXPECT_TRUE(world.hub.has_room("r"));
  world.say(1, command::Leave{});
  EXPECT_FALSE(world.hub.has_room("r"));
  EXPECT_EQ(world.hub.totals().rooms, 0U);
  EXPECT_EQ(world.hub.totals().members, 0U);
  EXPECT_EQ(world.hub.totals().connections, 1U);
}

TEST(HubRooms, a_member_that_left_is_never_told_anything_again) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.say(2, command::Leave{});
  world.forget();
  world.signal(1, "bob", "{}");
  world.say(1, command::Update{.name = "Ada L."});
  EXPECT_EQ(world.heard(2), Lines{});
}

TEST(HubRooms, others_see_a_new_name_or_metadata_and_the_rest_stays) {
  World world;
  world.connect(1);
  world.say(1,
            command::Join{.room = "r", .peer = "ada", .name = "Ada", .meta = "[1]", .incarnation = "page"});
  world.join(2, "r", "bob");
  world.forget();
  world.say(1, command::Update{.name = "Ada L."});
  world.say(1, command::Update{.meta = "[2]"});
  EXPECT_EQ(world.heard(2), (Lines{"#1 peer-updated ada Ada L. [1]", "#2 peer-updated ada Ada L. [2]"}));
  EXPECT_EQ(world.heard(1), Lines{});
}

TEST(HubRooms, a_signal_reaches_the_one_it_is_for_with_its_senders_true_id) {
  World world;
  world.join(1, "r", "ada");
  world.join(2, "r", "bob");
  world.join(3, "r", "eve");
  world.forget();
  world.say(1, command::Signal{.to = "bob", .payload = R"({"sdp":""})", .link = R"({"connection":1})"});
  world.say(1, command::Signal{.to = "bob", .kind = command::SignalKind::candidate, .payload = "{}"});
  EXPECT_EQ(world.heard(2),
            (Lines{R"(#2 signal ada description {"sdp":""}{"connection":1})", "#3 signal ada candidate {}"}));
  EXPECT_EQ(world.heard(3), Lines{});
  EXPECT_EQ(world.heard(1), Lines{});
}

TEST(HubRooms, a_connection_that_the_hub_does_not_know_is_ignored) {
  World world;
  world.say(99, command::Join{.room = "r", .incarnation = "page"});
  world.drop(99);
  EXPECT_EQ(world.heard(99), Lines{});
  EXPECT_FALSE(world.hub.has_room("r"));
}

TEST(HubRooms, an_operator_reads_of_every_coming_and_going) {
  World world;
  const std::string secret = world.join(1, "r", "ada");
  world.drop(1);
  world.resume(2, "r", secret, 0);
  world.say(2, command::Signal{.to = "nobody", .payload = "{}"});
  world.say(2, command::Leave{});
  EXPECT_EQ(world.log(), (Lines{"joined r ada", "away r ada", "resumed r ada", "refused r ada no-such-peer",
                                "left r ada left"}));
}

TEST(HubRooms, totals_count_connections_rooms_members_and_those_away) {
  World world;
  world.join(1, "one", "ada");
  world.join(2, "one", "bob");
  world.join(3, "two", "eve");
  world.connect(4);
  world.drop(2);
  const Totals totals = world.hub.totals();
  EXPECT_EQ(totals.connections, 3U);
  EXPECT_EQ(totals.rooms, 2U);
  EXPECT_EQ(totals.members, 3U);
  EXPECT_EQ(totals.away, 1U);
}

}  // namespace
}  // namespace parley::hub
