#include <gtest/gtest.h>

#include "hub/ring_backoff.hpp"
#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// How often somebody rings somebody.
class HubRings : public HubCalls {
 protected:
  explicit HubRings(Limits limits = {}) : HubCalls(limits) {}

  void reject(ConnectionId callee, const std::string& caller) {
    world.say(callee, command::RejectCall{caller}, 0, 0, "reject");
  }

  bool rings(ConnectionId caller, const std::string& callee) {
    world.heard(caller);
    call(caller, callee);
    return world.heard(caller).empty();
  }

  void enrol_at(ConnectionId id, const std::string& name, const std::string& address) {
    world.connect(id, Dialect::calls, Role::client, Source{.key = address, .local = false});
    world.say(id, command::Register{.name = name, .user_id = name});
  }
};

TEST_F(HubRings, who_is_refused_may_try_once_more_and_then_waits_longer_each_time) {
  three();
  std::vector<int> at;
  for (int second = 0; second < 120; ++second) {
    if (rings(ada, "bob")) {
      at.push_back(second);
      reject(bob, "ada");
    }
    if (rings(ada, "bob")) {
      at.push_back(second);
      reject(bob, "ada");
    }
    world.pass(1s);
  }
  EXPECT_EQ(at, (std::vector<int>{0, 0, 2, 6, 14, 30, 62}));
}

TEST_F(HubRings, giving_up_oneself_counts_too_and_the_sentence_says_how_long_to_wait) {
  three();
  for (int i = 0; i < 2; ++i) {
    call(ada, "bob");
    hang_up(ada, "bob");
  }
  world.forget();
  call(ada, "bob");
  const auto error = std::get<event::Error>(world.bodies(ada).front());
  EXPECT_EQ(name_of(error.code), "too-many-rings");
  EXPECT_EQ(error.message, "Your calls to this person were not answered. Try again in 2 s.");
  EXPECT_TRUE(rings(ada, "eve"));
  hang_up(ada, "eve");
  EXPECT_TRUE(rings(bob, "ada")) << "nor does it hold the other way round";
}

TEST_F(HubRings, the_pause_is_as_long_as_it_rang) {
  three();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(rings(ada, "bob"));
    world.pass(30s);
    reject(bob, "ada");
  }
  world.pass(29s);
  EXPECT_FALSE(rings(ada, "bob"));
  world.pass(1s);
  EXPECT_TRUE(rings(ada, "bob"));
}

TEST_F(HubRings, an_answered_call_ends_the_waiting) {
  three();
  call(ada, "bob");
  reject(bob, "ada");
  call(ada, "bob");
  accept(bob, "ada");
  hang_up(ada, "bob");
  call(ada, "bob");
  reject(bob, "ada");
  EXPECT_TRUE(rings(ada, "bob"));
}

TEST_F(HubRings, who_rings_in_vain_again_and_again_gives_way_to_a_friend) {
  three();
  call(eve, "bob");
  reject(bob, "eve");
  call(eve, "bob");
  world.forget();
  call(ada, "bob");
  EXPECT_EQ(world.heard(ada), Lines{});
  EXPECT_EQ(world.heard(bob), (Lines{"ended eve cancelled", "incoming ada"}));
  EXPECT_EQ(world.heard(eve), Lines{"rejected bob busy"});
  call(eve, "bob");
  EXPECT_EQ(world.heard(eve), Lines{"error too-many-rings re call"});
  accept(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"accepted bob"});
}

TEST_F(HubRings, a_first_call_and_one_that_is_answered_give_way_to_nobody) {
  three();
  call(eve, "bob");
  call(ada, "bob");
  EXPECT_EQ(world.heard(ada), Lines{"error user-busy re call"});
  accept(bob, "eve");
  call(ada, "bob");
  EXPECT_EQ(world.heard(ada), Lines{"error user-busy re call"});
}

TEST_F(HubRings, a_caller_rings_so_many_people_a_minute) {
  enrol(ada, "ada");
  for (ConnectionId id = 100; id < 130; ++id) enrol(id, "p" + std::to_string(id));
  settle();
  int rang = 0;
  for (ConnectionId id = 100; id < 130; ++id) {
    const std::string name = "p" + std::to_string(id);
    if (!rings(ada, name)) continue;
    ++rang;
    hang_up(ada, name);
  }
  EXPECT_EQ(rang, 20);
  world.pass(3s);
  EXPECT_TRUE(rings(ada, "p129"));
}

TEST_F(HubRings, nor_do_all_of_an_address_ring_without_end) {
  for (ConnectionId id = 1'000; id < 1'010; ++id) enrol_at(id, "c" + std::to_string(id), "203.0.113.7");
  for (ConnectionId id = 2'000; id < 2'200; ++id) enrol_at(id, "p" + std::to_string(id), "198.51.100.1");
  settle();
  int rang = 0;
  for (ConnectionId callee = 2'000; callee < 2'200; ++callee) {
    const ConnectionId caller = 1'000 + callee % 10;
    const std::string name = "p" + std::to_string(callee);
    if (!rings(caller, name)) continue;
    ++rang;
    hang_up(caller, name);
  }
  EXPECT_EQ(rang, 100);
}

TEST_F(HubRings, another_name_of_the_same_address_is_the_same_caller) {
  enrol_at(1, "ada", "203.0.113.7");
  enrol_at(2, "bob", "198.51.100.1");
  settle();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(rings(1, "bob"));
    reject(2, i == 0 ? "ada" : "eve");
    world.drop(1);
    enrol_at(1, "eve", "203.0.113.7");
  }
  EXPECT_FALSE(rings(1, "bob"));
}

TEST(HubRingBackoff, the_table_is_bounded_and_forgets) {
  RingBackoff backoff{Limits{}};
  Instant now{};
  for (int i = 0; i < 20'000; ++i) backoff.refused(std::to_string(i), "bob", {}, now);
  EXPECT_EQ(backoff.size(), 10'000U);
  EXPECT_EQ(backoff.refusals("0", "bob"), 0U);
  EXPECT_EQ(backoff.refusals("19999", "bob"), 1U);
  now += 2 * Limits{}.ring_backoff_most;
  backoff.refused("ada", "bob", {}, now);
  EXPECT_EQ(backoff.size(), 1U);
}

TEST(HubRingBackoff, no_wait_is_longer_than_the_longest) {
  RingBackoff backoff{Limits{}};
  const Instant now{};
  for (int i = 0; i < 1'000; ++i) backoff.refused("ada", "bob", 48h, now);
  EXPECT_EQ(backoff.wait("ada", "bob", now), Limits{}.ring_backoff_most);
}

}  // namespace
}  // namespace parley::hub
