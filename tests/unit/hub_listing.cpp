#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// How the list of users travels to those who are told what has changed.
class HubListing : public HubCalls {
 protected:
  explicit HubListing(Limits limits = {.names_per_address = 1'000'000}) : HubCalls(limits) {}

  /// What a client has that applies all it is told.
  static void apply(std::vector<std::string>& list, const EventBody& body) {
    if (const auto* online = std::get_if<event::UsersOnline>(&body)) {
      list.clear();
      for (const event::User& user : online->users) list.push_back(user.name);
    }
    if (const auto* changed = std::get_if<event::UsersChanged>(&body)) {
      for (const std::string& name : changed->left) std::erase(list, name);
      for (const event::User& user : changed->joined) {
        std::erase(list, user.name);
        list.push_back(user.name);
      }
    }
  }

  /// Of the same, who is in a call.
  static void apply(std::set<std::string>& talking, const EventBody& body) {
    const auto list = [&](const std::vector<event::User>& users) {
      for (const event::User& user : users) {
        talking.erase(user.name);
        if (user.in_call) talking.insert(user.name);
      }
    };
    if (const auto* online = std::get_if<event::UsersOnline>(&body)) {
      talking.clear();
      list(online->users);
    }
    if (const auto* changed = std::get_if<event::UsersChanged>(&body)) {
      for (const std::string& name : changed->left) talking.erase(name);
      list(changed->joined);
      for (const auto& change : changed->changed) {
        talking.erase(change.name);
        if (change.in_call) talking.insert(change.name);
      }
    }
  }

  std::vector<std::string> list_of(ConnectionId id) {
    std::vector<std::string> list;
    for (const EventBody& body : world.bodies(id)) apply(list, body);
    return list;
  }

  std::vector<std::string> online() {
    std::vector<std::string> names;
    const ConnectionId witness = 9'999;
    enrol(witness, "witness");
    world.pass(100s);
    for (const EventBody& body : world.bodies(witness)) apply(names, body);
    return names;
  }

  static std::size_t bytes_of(const EventBody& body) {
    std::size_t bytes = 0;
    const auto add = [&](const std::vector<event::User>& users) {
      for (const event::User& user : users) bytes += user.name.size() + user.id.size();
    };
    if (const auto* online = std::get_if<event::UsersOnline>(&body)) add(online->users);
    if (const auto* changed = std::get_if<event::UsersChanged>(&body)) add(changed->joined);
    return bytes;
  }
};

TEST_F(HubListing, after_the_list_come_changes_in_the_order_in_which_they_are_to_be_applied) {
  enrol_own(ada, "ada");
  EXPECT_EQ(world.heard(ada), (Lines{"registered ada", "users ada"}));
  enrol(bob, "bob");
  world.pass(250ms);
  EXPECT_EQ(world.heard(ada), Lines{"users-changed +bob"});
  world.drop(bob);
  world.pass(250ms);
  EXPECT_EQ(world.heard(ada), Lines{"users-changed -bob"});
  enrol(bob, "bob");
  world.pass(250ms);
  world.drop(bob);
  enrol(4, "bob");
  world.heard(ada);
  world.pass(250ms);
  EXPECT_EQ(world.heard(ada), Lines{"users-changed -bob +bob"});
}

TEST_F(HubListing, who_came_and_went_between_two_of_them_is_not_mentioned) {
  enrol_own(ada, "ada");
  settle();
  for (int i = 0; i < 20; ++i) {
    world.connect(bob, Dialect::calls);
    world.say(bob, command::Register{.name = "bob", .user_id = "b"});
    world.say(bob, command::Leave{});
  }
  world.pass(10s);
  Lines told = world.heard(ada);
  std::erase_if(told, [](const std::string& line) { return line.starts_with("users-changed +bob"); });
  EXPECT_LE(told.size(), 1U) << testing::PrintToString(told);
}

TEST_F(HubListing, who_does_not_read_is_sent_no_more_and_then_the_newest_at_once) {
  world.reads_lists = false;
  enrol_own(ada, "ada");
  for (ConnectionId id = 10; id < 20; ++id) {
    enrol(id, std::to_string(id));
    world.pass(1s);
  }
  EXPECT_EQ(world.heard(ada), (Lines{"registered ada", "users ada"}));
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt) << "and costs nothing";
  world.drop(10);
  world.pass(1s);
  world.say(ada, command::NextUsers{});
  EXPECT_EQ(world.heard(ada), Lines{"users-changed +11 +12 +13 +14 +15 +16 +17 +18 +19"});
}

TEST_F(HubListing, who_missed_too_many_departures_gets_the_list_anew) {
  world.reads_lists = false;
  enrol_own(ada, "ada");
  for (int i = 0; i < 5'000; ++i) {
    world.connect(bob, Dialect::calls);
    world.say(bob, command::Register{.name = "b" + std::to_string(i), .user_id = "b"});
    world.drop(bob);
  }
  world.pass(1s);
  world.heard(ada);
  world.say(ada, command::NextUsers{});
  EXPECT_EQ(world.heard(ada), Lines{"users ada"});
}

TEST_F(HubListing, another_id_is_a_change) {
  enrol_own(ada, "ada");
  enrol_own(bob, "bob");
  settle();
  world.connect(ada_again);
  world.say(ada_again, command::Register{.name = "ada", .user_id = "new", .secret = "page"});
  world.pass(1s);
  EXPECT_EQ(world.heard(bob), Lines{"users-changed +ada"});
  world.drop(ada_again);
  enrol_own(21, "ada");
  world.pass(1s);
  EXPECT_EQ(world.heard(bob), Lines{"users-changed +ada"});
  world.say(21, command::Leave{});
  EXPECT_EQ(world.heard(bob), Lines{"users-changed -ada"});
}

/// Of 9,000 users, 2.3 MB.
class HubLongListing : public HubListing {
 protected:
  HubLongListing() {
    for (ConnectionId id = 1'000; id < 10'000; ++id) {
      world.connect(id, Dialect::parley);
      world.say(id, command::Register{.name = std::to_string(id) + std::string(116, 'n'),
                                      .user_id = std::string(120, 'i'),
                                      .secret = "x"});
      world.drop(id);  // who is away costs nothing, and is in the list
    }
    world.pass(1s);
    world.forget();
    world.reads_lists = false;
  }
};

TEST_F(HubLongListing, comes_in_pages_each_of_which_follows_as_soon_as_the_last_one_is_read) {
  enrol_own(ada, "ada");
  std::vector<std::string> list;
  for (int page = 0; page < 75; ++page) {
    const std::vector<EventBody> bodies = world.bodies(ada);
    EXPECT_LE(std::ranges::count_if(bodies, [](const EventBody& body) { return bytes_of(body) > 0; }), 1);
    for (const EventBody& body : bodies) {
      EXPECT_LE(bytes_of(body), Limits{}.users_page_bytes + 256);
      apply(list, body);
    }
    world.forget();
    world.say(ada, command::NextUsers{});
  }
  EXPECT_EQ(list.size(), 9'001U);
  world.pass(1s);
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubLongListing, is_no_faster_than_it_is_read_and_gone_on_with_after_any_time) {
  enrol_own(ada, "ada");
  world.pass(10s);
  EXPECT_EQ(world.bodies(ada).size(), 2U) << "that it is registered, and a page";
  world.forget();
  world.say(ada, command::NextUsers{});
  world.pass(10s);
  EXPECT_EQ(world.bodies(ada).size(), 1U);
}

TEST_F(HubLongListing, once_it_is_known_what_changes_waits_for_its_turn) {
  enrol_own(ada, "ada");
  for (int page = 0; page < 75; ++page) world.say(ada, command::NextUsers{});
  world.pass(1s);
  world.forget();
  for (const ConnectionId id : {bob, eve}) {
    world.forget();
    enrol(id, std::to_string(id));
    EXPECT_EQ(world.bodies(ada).size(), id == bob ? 1U : 0U);
    world.say(ada, command::NextUsers{});
  }
  world.pass(250ms);
  EXPECT_EQ(world.bodies(ada).size(), 1U) << "the second one";
}

TEST_F(HubListing, whoever_comes_and_goes_while_it_is_told_is_right_in_the_end) {
  for (ConnectionId id = 1'000; id < 3'000; ++id) enrol(id, "n" + std::to_string(id));
  enrol_own(ada, "ada");
  std::uint64_t random = 1;
  const auto next = [&] { return random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U; };
  for (int step = 0; step < 2'000; ++step) {
    const ConnectionId id = 1'000 + (next() >> 33U) % 2'000;
    world.drop(id);
    if ((next() >> 33U) % 2 == 0) enrol(id, "n" + std::to_string(id));
    world.pass(std::chrono::milliseconds((next() >> 33U) % 20));
  }
  world.pass(10s);
  auto known = list_of(ada);
  auto there = online();
  std::erase(there, "witness");
  EXPECT_EQ(known, there);
}

TEST_F(HubListing, who_is_in_a_call_is_told_as_it_begins_and_ends) {
  enrol_own(eve, "eve");
  enrol(ada, "ada");
  enrol(bob, "bob");
  settle();
  call(ada, "bob");
  world.pass(1s);
  EXPECT_EQ(world.heard(eve), Lines{}) << "it only rings";
  accept(bob, "ada");
  world.pass(1s);
  EXPECT_EQ(world.heard(eve), Lines{"users-changed ada(in call) bob(in call)"});
  EXPECT_EQ(world.heard(bob), Lines{"incoming ada"}) << "another dialect's list does not say so";
  enrol_own(ada_again, "new");
  EXPECT_EQ(world.heard(ada_again), (Lines{"registered new", "users eve ada(in call) bob(in call) new"}));
  settle();
  hang_up(bob, "ada");
  world.pass(1s);
  EXPECT_EQ(world.heard(eve), Lines{"users-changed ada(free) bob(free)"});
  EXPECT_EQ(world.heard(ada_again), Lines{"users-changed ada(free) bob(free)"});
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt);
}

TEST_F(HubListing, whose_call_ends_because_the_other_one_goes_is_free) {
  enrol_own(eve, "eve");
  enrol(ada, "ada");
  enrol(bob, "bob");
  settle();
  call(ada, "bob");
  accept(bob, "ada");
  settle();
  world.drop(ada);
  world.pass(1s);
  EXPECT_EQ(world.heard(eve), Lines{"users-changed -ada bob(free)"});
}

TEST_F(HubListing, calls_that_come_and_go_are_told_no_more_often_than_people_who_do) {
  enrol_own(eve, "eve");
  enrol(ada, "ada");
  enrol(bob, "bob");
  settle();
  for (int i = 0; i < 600; ++i) {
    call(ada, "bob");
    accept(bob, "ada");
    world.pass(50ms);
    hang_up(ada, "bob");
    world.pass(50ms);
  }
  std::size_t told = 0;
  for (const EventBody& body : world.bodies(eve)) {
    told += std::holds_alternative<event::UsersChanged>(body) ? 1U : 0U;
  }
  EXPECT_GT(told, 0U);
  EXPECT_LE(told, 2 * 2 * Limits{}.rings_per_minute) << "each that one may ring, at its beginning and end";
  EXPECT_TRUE(world.heard(eve).back().ends_with("(free)"));
}

TEST_F(HubListing, whoever_calls_while_the_list_is_told_is_right_in_the_end) {
  for (ConnectionId id = 1'000; id < 2'000; ++id) enrol(id, "n" + std::to_string(id));
  enrol_own(ada, "ada");
  std::uint64_t random = 1;
  const auto next = [&](std::uint64_t below) {
    random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (random >> 33U) % below;
  };
  for (int step = 0; step < 4'000; ++step) {
    const ConnectionId one = 1'000 + next(1'000);
    const ConnectionId other = 1'000 + next(1'000);
    const auto name = [](ConnectionId id) { return "n" + std::to_string(id); };
    if (next(10) == 0) {
      world.drop(one);
      enrol(one, name(one));
    } else if (one != other) {
      call(one, name(other));
      accept(other, name(one));
      if (next(2) == 0) hang_up(one, name(other));
    }
    world.pass(std::chrono::milliseconds(next(20)));
  }
  world.pass(10s);
  std::set<std::string> known;
  for (const EventBody& body : world.bodies(ada)) apply(known, body);
  enrol_own(ada_again, "witness");
  world.pass(10s);
  std::set<std::string> there;
  for (const EventBody& body : world.bodies(ada_again)) apply(there, body);
  EXPECT_GT(there.size(), 100U);
  EXPECT_EQ(known, there);
}

/// With so little for all together that a page of everybody's is too much for one turn.
class HubTightListing : public HubListing {
 protected:
  HubTightListing()
      : HubListing(Limits{.names_per_address = 1'000, .users_bytes_per_second = std::size_t{4} * 40 * 10}) {}
};

TEST_F(HubTightListing, where_not_all_can_be_told_at_once_they_take_turns) {
  for (ConnectionId id = 10; id < 40; ++id) enrol_own(id, std::to_string(id));
  world.pass(60s);
  world.forget();
  enrol(ada, "ada");
  std::size_t told = 0;
  for (int turn = 0; turn < 4; ++turn) {
    world.pass(250ms);
    std::size_t now = 0;
    for (ConnectionId id = 10; id < 40; ++id) now += world.bodies(id).size();
    EXPECT_LE(now - told, 20U) << "of two turns, where one begins and ends it";
    told = now;
  }
  for (ConnectionId id = 10; id < 40; ++id) EXPECT_EQ(world.heard(id), Lines{"users-changed +ada"}) << id;
}

TEST_F(HubTightListing, who_knows_the_list_hears_of_who_comes_before_those_who_still_read_it) {
  enrol_own(ada, "ada");
  world.pass(60s);
  for (ConnectionId id = 10; id < 200; ++id) enrol_own(id, std::to_string(id));
  // Each reads what it gets and asks for more.
  const auto turn = [&] {
    world.pass(250ms);
    for (ConnectionId id = 10; id < 200; ++id) {
      if (!world.bodies(id).empty()) world.say(id, command::NextUsers{});
    }
    world.forget();
    world.say(ada, command::NextUsers{});
  };
  for (int i = 0; i < 20; ++i) turn();
  world.forget();
  enrol_own(bob, "bob");
  world.pass(1s);  // some turns: others who know the list hear of it too
  const Lines heard = world.heard(ada);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard.front().ends_with("+bob")) << heard.front();
  std::size_t others = 0;
  for (ConnectionId id = 10; id < 200; ++id) others += world.bodies(id).size();
  EXPECT_GT(others, 0U) << "and they read on";
}

TEST_F(HubListing, what_a_turn_costs_is_bounded_however_many_there_are) {
  for (ConnectionId id = 1'000; id < 3'000; ++id) enrol_own(id, "n" + std::to_string(id));
  world.forget();
  world.pass(250ms);
  std::size_t bytes = 0;
  for (ConnectionId id = 1'000; id < 3'000; ++id) {
    for (const EventBody& body : world.bodies(id)) bytes += bytes_of(body);
  }
  EXPECT_LE(bytes, Limits{}.users_bytes_per_second / 4 + Limits{}.users_page_bytes);
  world.pass(60s);
  for (ConnectionId id = 1'000; id < 3'000; ++id) {
    const auto bodies = world.bodies(id);
    ASSERT_FALSE(bodies.empty());
  }
}

}  // namespace
}  // namespace parley::hub
