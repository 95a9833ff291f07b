#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;

/// A limit of 800,000 bytes for all, of which no one client's log reaches its own.
Limits small() {
  Limits limits;
  limits.replay_bytes = 600'000;
  limits.buffered_bytes = 800'000;
  limits.messages_per_second = 0;
  return limits;
}

class HubRelief : public testing::Test {
 protected:
  HubRelief() {
    for (const auto& [id, name] :
         std::map<ConnectionId, std::string>{{1, "ada"}, {2, "bob"}, {3, "eve"}, {4, "dan"}})
      world_.join(id, "r", name);
    world_.forget();
  }

  /// What the server does at the end of each turn.
  void relieve(const std::map<ConnectionId, std::size_t>& unsent = {}) {
    std::size_t all = 0;
    for (const auto& [id, bytes] : unsent) all += bytes;
    const std::size_t excess = world_.hub.excess(all);
    if (excess == 0) return;
    Outcome out;
    world_.hub.relieve(
        excess, [&](ConnectionId id) { return unsent.contains(id) ? unsent.at(id) : 0; }, out);
    world_.keep(out);
  }

  void send(const std::string& to, std::size_t bytes) {
    world_.signal(1, to, '"' + std::string(bytes, 'x') + '"');
  }

  [[nodiscard]] bool is_in(const std::string& name) const {
    return roster(world_.hub.members("r")).find(name) != std::string::npos;
  }

  World world_{small()};
};

TEST_F(HubRelief, what_is_kept_below_the_limit_stays) {
  world_.drop(2);
  send("bob", 500'000);
  relieve();
  EXPECT_EQ(world_.hub.excess(0), 0U);
  EXPECT_EQ(roster(world_.hub.members("r")), "[ada bob(away) eve dan]");
}

TEST_F(HubRelief, of_those_who_are_away_the_one_who_is_furthest_behind_goes_first) {
  world_.drop(2);
  world_.drop(3);
  send("bob", 300'000);
  send("eve", 450'000);
  relieve();
  EXPECT_EQ(roster(world_.hub.members("r")), "[ada bob(away) eve(away) dan]");
  world_.forget();
  send("bob", 100'000);
  relieve();
  EXPECT_EQ(roster(world_.hub.members("r")), "[ada bob(away) dan]");
  EXPECT_THAT(world_.log(), ElementsAre("left r eve timeout"));
  EXPECT_EQ(world_.hub.excess(0), 0U) << "what was kept for it is gone";
}

TEST_F(HubRelief, who_is_connected_is_told_and_has_to_join_anew) {
  relieve({{2, 600'000}, {3, 300'000}});
  const Lines heard = world_.heard(2);
  EXPECT_THAT(heard, Contains("close 1013"));
  EXPECT_FALSE(is_in("bob"));
  EXPECT_TRUE(is_in("eve"));
  world_.say(2, command::Ping{});
  EXPECT_EQ(world_.heard(2), Lines{}) << "nothing that it still says counts";
  world_.drop(2);
}

TEST_F(HubRelief, no_more_go_than_must_and_an_eighth_is_free_then) {
  for (const ConnectionId id : {2, 3, 4}) world_.drop(id);
  send("bob", 400'000);
  send("eve", 300'000);
  send("dan", 150'000);
  relieve();
  EXPECT_EQ(roster(world_.hub.members("r")), "[ada eve(away) dan(away)]");
}

TEST_F(HubRelief, what_waits_in_the_server_and_what_is_kept_for_a_resume_count_together) {
  send("bob", 500'000);  // bob has not acknowledged it
  relieve({{2, 100'000}, {3, 150'000}});
  EXPECT_EQ(world_.hub.excess(250'000), 0U);
  relieve({{2, 200'000}, {3, 550'000}});
  EXPECT_FALSE(is_in("bob"));
  EXPECT_TRUE(is_in("eve"));
}

TEST_F(HubRelief, what_is_held_of_who_waits_for_an_id_counts_until_that_is_decided) {
  for (const ConnectionId id : {2, 5}) world_.stall(id);
  world_.connect(5);
  world_.say(5, command::Join{.room = "r", .peer = "bob", .incarnation = "a stranger's"});
  for (int i = 0; i < 9; ++i) world_.signal(5, "ada", '"' + std::string(100'000, 'x') + '"');
  EXPECT_GT(world_.hub.excess(0), 0U);
  relieve();
  EXPECT_THAT(world_.heard(5), ElementsAre("close 1013"));
  EXPECT_EQ(world_.hub.excess(0), 0U);
  EXPECT_TRUE(is_in("bob"));
}

TEST_F(HubRelief, what_the_log_says_of_a_member_names_its_last_address) {
  Hub hub(Config{.seed = 7});
  Outcome out;
  hub.connected(1, Dialect::parley, world_.now, Role::client, "192.0.2.1");
  hub.handle(1, {.command = command::Join{.room = "r", .peer = "ada", .incarnation = "page"}}, world_.now,
             out);
  hub.handle(1, {.command = command::Call{.name = "bob"}}, world_.now, out);
  hub.disconnected(1, world_.now, out);
  hub.expire(world_.now + 1min, out);
  ASSERT_EQ(out.notices.size(), 4U);
  for (const Notice& notice : out.notices) EXPECT_EQ(notice.address, "192.0.2.1");
}

}  // namespace
}  // namespace parley::hub
