#include <gtest/gtest.h>

#include "hub/account.hpp"
#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// Clients from several addresses.
class HubPlaces : public HubCalls {
 protected:
  explicit HubPlaces(Limits limits = {.rooms_per_address = 3,
                                      .places_per_address = 5,
                                      .names_per_address = 3,
                                      .registrations_per_minute = 60,
                                      .joins_per_minute = 0,
                                      .resume_window = std::chrono::hours(1)})
      : HubCalls(limits) {}

  static Source at(std::string key, bool local = false) { return {.key = std::move(key), .local = local}; }

  /// The last word that it got.
  std::string join(ConnectionId id, const Source& source, const std::string& room,
                   const std::string& peer = "") {
    world.connect(id, Dialect::parley, Role::client, source);
    world.say(id,
              command::Join{.room = room,
                            .peer = peer.empty() ? std::optional<std::string>() : peer,
                            .incarnation = "page " + std::to_string(id)},
              0, 0, "join");
    return last(id);
  }

  std::string enrol_at(ConnectionId id, const Source& source, const std::string& name, bool own = true) {
    world.connect(id, own ? Dialect::parley : Dialect::calls, Role::client, source);
    world.say(
        id,
        command::Register{
            .name = name, .user_id = name, .secret = own ? std::optional<std::string>("page") : std::nullopt},
        0, 0, "register");
    const Lines heard = world.heard(id);
    return heard.empty() ? "" : heard.front();
  }

  std::string last(ConnectionId id) {
    const Lines heard = world.heard(id);
    return heard.empty() ? "" : heard.back().substr(0, heard.back().find(" ["));
  }

  const Source here = at("203.0.113.7");
  const Source there = at("2001:db8:0:1::/64");
};

/// With what is left of the limits on how often.
class HubJoins : public HubPlaces {
 protected:
  HubJoins() : HubPlaces({.places_per_address = 3, .joins_per_minute = 60, .joins_at_once = 2}) {}

  /// Joins and leaves.
  std::string visit(ConnectionId id) {
    world.say(id, command::Join{.room = "r", .incarnation = "page " + std::to_string(id)}, 0, 0, "join");
    const std::string heard = last(id);
    world.say(id, command::Leave{});
    world.forget();
    return heard.starts_with("joined ") ? "joined" : heard;
  }
};

TEST_F(HubJoins, a_socket_that_comes_and_goes_waits_and_so_do_all_of_its_address) {
  for (const ConnectionId id : {1, 2, 3}) world.connect(id, Dialect::parley, Role::client, at("192.0.2.1"));
  world.connect(4, Dialect::parley, Role::client, at("192.0.2.2"));
  const std::string too_fast = "error too-fast re join";
  EXPECT_EQ(visit(1), "joined");
  EXPECT_EQ(visit(1), "joined");
  EXPECT_EQ(visit(1), too_fast) << "this socket has had its two";
  EXPECT_EQ(visit(2), "joined");
  EXPECT_EQ(visit(3), too_fast) << "this address has had its three";
  EXPECT_EQ(visit(4), "joined");
  world.pass(1s);
  EXPECT_EQ(visit(3), "joined");
  EXPECT_EQ(visit(2), too_fast);
}

TEST_F(HubJoins, a_session_that_is_resumed_does_not_count) {
  const auto enter = [&](ConnectionId id, std::optional<command::Resume> resume = {}) {
    world.connect(id, Dialect::parley, Role::client, at("192.0.2.1"));
    world.forget();
    world.say(id,
              command::Join{.room = "r", .peer = "ada", .incarnation = "page", .resume = std::move(resume)});
  };
  enter(1);
  const std::string secret = world.secret(1);
  for (ConnectionId id = 2; id < 12; ++id) {
    world.drop(id - 1);
    enter(id, command::Resume{.session = secret, .ack = 0});
    EXPECT_EQ(last(id), "resumed ada");
  }
}

TEST_F(HubPlaces, an_address_makes_so_many_rooms_and_others_make_theirs) {
  for (ConnectionId id = 1; id <= 3; ++id)
    EXPECT_EQ(join(id, here, "r" + std::to_string(id), "ada"), "joined ada");
  EXPECT_EQ(join(4, here, "r4", "ada"), "error address-full re join");
  EXPECT_EQ(join(5, here, "r1", "bob"), "joined bob") << "a room that is there";
  EXPECT_EQ(join(6, there, "r4", "ada"), "joined ada");
  world.say(1, command::Leave{});
  world.say(5, command::Leave{});
  world.say(4, command::Join{.room = "r5", .peer = "ada", .incarnation = "page"});
  EXPECT_EQ(last(4), "joined ada");
}

TEST_F(HubPlaces, an_address_has_so_many_places_in_rooms) {
  for (ConnectionId id = 1; id <= 5; ++id)
    EXPECT_EQ(join(id, here, "r", std::to_string(id)).substr(0, 6), "joined");
  EXPECT_EQ(join(6, here, "r", "6"), "error address-full re join");
  EXPECT_EQ(join(7, there, "r", "7"), "joined 7");
}

TEST_F(HubPlaces, a_local_address_has_ten_times_as_much) {
  const Source local = at("127.0.0.1", true);
  for (ConnectionId id = 1; id <= 30; ++id) {
    EXPECT_EQ(join(id, local, "r" + std::to_string(id), "ada"), "joined ada") << id;
  }
  EXPECT_EQ(join(31, local, "r31", "ada"), "error address-full re join");
}

TEST_F(HubPlaces, those_of_an_address_who_are_away_make_place_for_its_own) {
  for (ConnectionId id = 1; id <= 3; ++id) {
    join(id, here, "r" + std::to_string(id), "ada");
    world.drop(id);
    world.pass(1s);
  }
  EXPECT_EQ(join(4, here, "r4", "ada"), "joined ada");
  EXPECT_FALSE(world.hub.has_room("r1")) << "which was away for the longest";
  EXPECT_TRUE(world.hub.has_room("r2"));
  EXPECT_EQ(enrol_at(11, here, "a"), "registered a");
  EXPECT_EQ(enrol_at(12, here, "b"), "registered b");
  EXPECT_EQ(enrol_at(13, here, "c"), "registered c");
  EXPECT_EQ(enrol_at(14, here, "d"), "error address-full re register");
  world.drop(12);
  world.pass(10s);
  EXPECT_EQ(enrol_at(15, here, "d"), "registered d");
  EXPECT_EQ(enrol_at(16, here, "b"), "error address-full re register") << "it is gone";
}

TEST_F(HubPlaces, in_a_full_room_who_is_away_makes_place_for_who_is_there) {
  for (ConnectionId id = 1; id <= 16; ++id) {
    join(id, at("a" + std::to_string(id)), "r", "p" + std::to_string(id));
  }
  EXPECT_EQ(join(17, there, "r", "p17"), "error room-full re join");
  world.drop(4);
  world.pass(1s);
  world.drop(3);
  world.forget();
  EXPECT_EQ(join(18, there, "r", "p18"), "joined p18");
  EXPECT_EQ(world.heard(1), (Lines{"#18 peer-left p4 timeout", "#19 peer-joined p18"}));
  EXPECT_EQ(join(19, at("b"), "r", "p19"), "joined p19");
  EXPECT_EQ(join(20, at("c"), "r", "p20"), "error room-full re join");
}

/// With few rooms and names.
class HubFewPlaces : public HubPlaces {
 protected:
  HubFewPlaces() : HubPlaces(Limits{.rooms = 3, .users = 3, .resume_window = std::chrono::hours(1)}) {}
};

TEST_F(HubFewPlaces, rooms_whose_members_are_all_away_do_not_bar_newcomers) {
  join(1, here, "r1", "ada");
  join(2, here, "r2", "ada");
  join(3, here, "r2", "bob");
  join(4, here, "r3", "ada");
  EXPECT_EQ(join(5, there, "r4", "eve"), "error too-many-rooms re join");
  world.drop(2);
  EXPECT_EQ(join(6, there, "r4", "eve"), "error too-many-rooms re join") << "somebody is in each";
  world.drop(3);
  world.drop(4);
  EXPECT_EQ(join(7, there, "r4", "eve"), "joined eve");
  EXPECT_FALSE(world.hub.has_room("r2")) << "which was deserted first";
  EXPECT_TRUE(world.hub.has_room("r3"));
  EXPECT_EQ(join(8, there, "r5", "eve"), "joined eve");
  EXPECT_EQ(join(9, there, "r6", "eve"), "error too-many-rooms re join");
}

TEST_F(HubFewPlaces, a_deserted_room_that_somebody_is_in_again_stays) {
  const std::string secret = world.join(1, "r1", "ada");
  world.join(2, "r2", "ada");
  world.join(3, "r3", "ada");
  world.drop(1);
  world.resume(4, "r1", secret, 0);
  EXPECT_EQ(join(5, there, "r4", "eve"), "error too-many-rooms re join");
  world.drop(2);
  EXPECT_EQ(join(6, at("x"), "r2", "bob"), "joined bob");
  EXPECT_EQ(join(7, there, "r4", "eve"), "error too-many-rooms re join");
}

TEST_F(HubFewPlaces, who_is_away_makes_place_among_all_names) {
  for (const char* name : {"a", "b", "c"}) enrol_at(static_cast<ConnectionId>(name[0]), here, name);
  EXPECT_EQ(enrol_at(1, there, "d"), "error too-many-users re register");
  world.drop('b');
  EXPECT_EQ(enrol_at(2, there, "d"), "registered d");
  EXPECT_EQ(enrol_at(3, there, "b"), "error too-many-users re register");
}

TEST_F(HubPlaces, a_camera_has_its_own_room_and_number_whoever_took_them) {
  for (ConnectionId id = 1; id <= 16; ++id) {
    join(id, at("a" + std::to_string(id)), "4711", id == 1 ? "4711" : "p" + std::to_string(id));
  }
  world.forget();
  world.connect(20, Dialect::sim, Role::client, there);
  world.say(20, command::Join{.room = "4711", .peer = "4711"});
  EXPECT_EQ(last(20), "joined 4711");
  EXPECT_EQ(world.heard(1), Lines{"close 4001"});
  EXPECT_EQ(world.heard(2), (Lines{"#15 peer-left 4711 closed", "#16 peer-joined 4711"}));
  EXPECT_EQ(join(21, at("b"), "4711", "p21"), "joined p21") << "it takes nobody's place";
  EXPECT_EQ(join(22, at("c"), "4711", "p22"), "error room-full re join");
  world.connect(23, Dialect::sim, Role::client, there);
  world.say(23, command::Join{.room = "4711", .peer = "4711"}, 0, 0, "join");
  EXPECT_EQ(world.heard(23).front(), "error peer-taken re join") << "another publisher";
}

// Registrations.

TEST_F(HubPlaces, one_socket_that_comes_and_goes_is_told_to_wait) {
  world.connect(1, Dialect::calls, Role::client, here);
  Lines refusals;
  for (int i = 0; i < 100; ++i) {
    world.say(1, command::Register{.name = "ada", .user_id = "7"});
    for (const std::string& line : world.heard(1)) {
      if (line.starts_with("error")) refusals.push_back(line);
    }
    world.say(1, command::Leave{});
    world.heard(1);
  }
  EXPECT_EQ(refusals, Lines(97, "error too-fast")) << "an address may have three, so three may come at once";
  world.pass(1s);
  world.say(1, command::Register{.name = "ada", .user_id = "7"});
  EXPECT_EQ(world.heard(1).front(), "registered ada");
}

TEST_F(HubPlaces, coming_anew_is_no_way_to_come_more_often) {
  for (ConnectionId id = 1; id <= 3; ++id) {
    EXPECT_EQ(enrol_at(id, here, "ada", false), "registered ada");
    world.drop(id);
  }
  EXPECT_EQ(enrol_at(4, here, "ada", false), "error too-fast re register");
  EXPECT_EQ(enrol_at(5, there, "ada", false), "registered ada");
  world.drop(5);
  world.pass(1s);
  EXPECT_EQ(enrol_at(6, here, "ada", false), "registered ada");
}

TEST_F(HubPlaces, the_sentence_says_how_long_to_wait) {
  for (ConnectionId id = 1; id <= 3; ++id) {
    enrol_at(id, here, "ada", false);
    world.drop(id);
  }
  world.connect(4, Dialect::calls, Role::client, here);
  world.say(4, command::Register{.name = "ada", .user_id = "7"});
  EXPECT_EQ(std::get<event::Error>(world.bodies(4).front()).message,
            "You come online too often. Try again in 1 s.");
}

TEST(HubAccounts, those_who_are_gone_are_forgotten_after_a_while_and_when_there_are_very_many) {
  Accounts accounts{Limits{}};
  Instant now{};
  for (int i = 0; i < 20'000; ++i) {
    accounts.close(accounts.open({.key = std::to_string(i), .local = false}, now), now);
  }
  EXPECT_EQ(accounts.size(), 10'000U);
  now += 1h;
  static_cast<void>(accounts.open({.key = "x"}, now));
  EXPECT_EQ(accounts.size(), 1U);
}

}  // namespace
}  // namespace parley::hub
