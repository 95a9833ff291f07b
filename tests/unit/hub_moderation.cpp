#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using Action = command::Moderate::Action;

Config moderated(MakesRooms makes_rooms = MakesRooms::everybody) {
  Config config{.seed = 7};
  config.auth = Auth::rooms;
  config.makes_rooms = makes_rooms;
  config.limits.waiting_per_room = 3;
  config.limits.bans_per_room = 2;
  return config;
}

constexpr std::chrono::milliseconds lists_apart{250};
constexpr ConnectionId ada = 1;  // who moderates

class HubModeration : public testing::Test {
 protected:
  static Credential shows(Rights rights, std::string identity = {}) {
    return {.pass = std::make_shared<const Pass>(
                Pass{.identity = std::move(identity), .may = rights, .ends = Instant(100h)})};
  }

  void join(ConnectionId id, std::string peer, std::string room = "r") {
    world.say(id, command::Join{
                      .room = std::move(room), .peer = peer, .name = peer, .incarnation = "page of " + peer});
  }
  void enter(ConnectionId id, std::string peer, const Source& source = {}) {
    world.connect(id, Dialect::parley, Role::client, source);
    join(id, std::move(peer));
  }
  void moderate(Action action, std::string id = {}, RuleChange rules = {}, ConnectionId by = ada) {
    world.say(by, command::Moderate{.action = action, .id = std::move(id), .rules = rules}, 0, 0, "moderate");
  }
  /// The id by which moderators know whoever waits, or was removed, under this name.
  std::string guest(const std::string& name) {
    const auto lobby = world.hub.lobby("r");
    for (const auto& all : {lobby.waiting, lobby.removed})
      for (const auto& each : all)
        if (each.name == name) return each.id;
    return "nobody";
  }

  void SetUp() override {
    world.connect(ada, shows({Right::join, Right::moderate}));
    join(ada, "ada");
    world.forget();
  }

  World world{moderated()};
};

TEST_F(HubModeration, only_whoever_moderates_may) {
  enter(2, "bob");
  world.forget();
  for (const Action action : {Action::admit, Action::refuse, Action::remove, Action::allow, Action::ask,
                              Action::appoint, Action::rules, Action::end}) {
    moderate(action, "ada", {.locked = true}, 2);
    EXPECT_THAT(world.heard(2), ElementsAre("error not-moderator re moderate"));
  }
  EXPECT_THAT(world.heard(ada), IsEmpty());
  const auto members = world.hub.members("r");
  EXPECT_TRUE(members[0].moderates);
  EXPECT_FALSE(members[1].moderates);
}

TEST_F(HubModeration, nobody_enters_a_locked_room_but_who_was_there) {
  enter(2, "bob");
  const std::string secret = world.secret(2);
  world.forget();
  moderate(Action::rules, {}, {.locked = true});
  EXPECT_THAT(world.heard(2), ElementsAre("#1 rules locked"));
  enter(3, "eve");
  EXPECT_THAT(world.heard(3), ElementsAre("error room-locked"));
  world.drop(2);
  world.resume(4, "r", secret, 0);
  EXPECT_THAT(world.heard(4), testing::Not(IsEmpty()));
  world.connect(5, shows({Right::join, Right::moderate}));
  join(5, "carl");
  EXPECT_EQ(world.heard(5).front(), "joined carl [ada bob]");
  moderate(Action::rules, {}, {.locked = false});
  join(3, "eve");
  EXPECT_EQ(world.heard(3).front().substr(0, 10), "joined eve");
}

TEST_F(HubModeration, a_private_room_takes_a_token_for_it) {
  moderate(Action::rules, {}, {.is_private = true});
  world.forget();
  enter(2, "bob");
  EXPECT_THAT(world.heard(2), ElementsAre("error token-required"));
  world.connect(
      3, Credential{.pass = std::make_shared<const Pass>(
                        Pass{.rooms = NamePatterns({"s"}), .may = {Right::join}, .ends = Instant(100h)})});
  join(3, "eve");
  EXPECT_THAT(world.heard(3), ElementsAre("error token-room"));
  world.connect(4, shows({Right::join}));
  join(4, "carl");
  EXPECT_EQ(world.heard(4).front(), "joined carl [ada]");
  moderate(Action::rules, {}, {.is_private = false});
  join(2, "bob");
  EXPECT_EQ(world.heard(2).front(), "joined bob [ada carl]");
}

TEST(HubPrivateRooms, are_where_tokens_are_looked_at) {
  World world(Config{.seed = 7});
  Outcome out;
  const Done made = world.hub.keep_room("r", {.is_private = true}, world.now, out);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::bad_field);
  EXPECT_FALSE(world.hub.is_kept("r"));
}

TEST(HubPrivateRooms, a_stream_in_one_goes_to_whoever_may_watch) {
  Config config{.seed = 7};
  config.auth = Auth::rooms;
  World world(std::move(config));
  const auto pass = [&](Rights may) {
    return Credential{.pass = std::make_shared<const Pass>(Pass{.may = may, .ends = world.now + 1h})};
  };
  const auto streams_to = [&](ConnectionId publisher, const std::string& room, Rights viewer) {
    Outcome out;
    EXPECT_TRUE(world.hub.keep_room(room, {.is_private = true}, world.now, out));
    world.connect(publisher + 1, pass(viewer));
    world.say(publisher + 1, command::Join{.room = room, .peer = "viewer", .incarnation = "page"});
    world.connect(publisher, pass({Right::publish}), Dialect::sim);
    world.forget();
    world.say(publisher, command::Signal{.audience = command::Audience::partner,
                                         .kind = command::SignalKind::offer,
                                         .payload = "{}",
                                         .enter = room});
    return world.heard(publisher + 1).size() > 1;  // who comes, and the offer
  };
  EXPECT_FALSE(streams_to(1, "12345", {Right::join}));
  EXPECT_TRUE(streams_to(11, "67890", {Right::join, Right::watch}));
}

TEST_F(HubModeration, a_page_that_reloads_is_let_back_into_a_locked_room) {
  world.connect(2);
  world.say(2, command::Join{.room = "r", .name = "bob", .incarnation = "first"});
  moderate(Action::rules, {}, {.locked = true});
  world.drop(2);
  world.connect(3);
  world.say(3, command::Join{.room = "r", .name = "bob", .incarnation = "second", .former = "first"});
  EXPECT_EQ(world.heard(3).front().substr(0, 6), "joined");
}

TEST_F(HubModeration, whoever_comes_waits_until_a_moderator_has_decided) {
  moderate(Action::rules, {}, {.waiting_room = true});
  world.forget();
  enter(2, "bob");
  enter(3, "eve");
  EXPECT_THAT(world.heard(2), ElementsAre("waiting r"));
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby bob"));
  world.pass(lists_apart);
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby bob eve"));
  world.pass(lists_apart);
  world.say(3, command::Signal{.to = "ada", .payload = "{}"});
  EXPECT_THAT(world.heard(ada), IsEmpty()) << "they have no voice yet";
  moderate(Action::admit, guest("bob"));
  EXPECT_THAT(world.heard(2), ElementsAre("joined bob [ada]"));
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby eve", "#2 peer-joined bob"));
  world.pass(lists_apart);
  moderate(Action::refuse, guest("eve"));
  EXPECT_THAT(world.heard(3), Contains("error not-admitted"));
  EXPECT_THAT(world.heard(3), IsEmpty());
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby"));
  EXPECT_THAT(world.heard(2), IsEmpty()) << "who does not moderate hears nothing of who waits";
}

TEST_F(HubModeration, all_who_wait_are_let_in_or_refused_at_once) {
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(2, "bob");
  enter(3, "carl");
  moderate(Action::admit);
  EXPECT_EQ(world.heard(2).back(), "#1 peer-joined carl");
  enter(4, "dave");
  enter(5, "eve");
  moderate(Action::refuse);
  for (const ConnectionId id : {4, 5})
    EXPECT_THAT(world.heard(id), ElementsAre("waiting r", "error not-admitted", "close 1008"));
  enter(6, "fay");
  moderate(Action::rules, {}, {.waiting_room = false});
  EXPECT_THAT(world.heard(6), Contains("joined fay [ada bob carl]"))
      << "there is nothing to wait for any more";
}

TEST_F(HubModeration, whoever_waits_may_leave_and_what_they_said_comes_after_them) {
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(2, "bob");
  world.forget();
  world.pass(lists_apart);
  world.say(2, command::Leave{});
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby"));
  world.pass(lists_apart);
  join(2, "bob");
  world.drop(2);
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby bob")) << "and in a moment that he has gone";
  world.pass(lists_apart);
  EXPECT_THAT(world.heard(ada), ElementsAre("lobby"));
  world.pass(lists_apart);
  world.connect(3, Dialect::serverpod);
  join(3, "carl");
  world.say(3,
            command::Signal{
                .audience = command::Audience::others, .kind = command::SignalKind::offer, .payload = "{}"});
  EXPECT_THAT(world.heard(3), IsEmpty());
  moderate(Action::admit);
  EXPECT_THAT(world.heard(ada), Contains("#3 signal carl description {}"));
}

TEST_F(HubModeration, however_many_come_and_go_moderators_read_four_lists_a_second) {
  moderate(Action::rules, {}, {.waiting_room = true});
  world.forget();
  world.connect(2);
  for (int i = 0; i < 100; ++i) {
    join(2, "bob");
    world.say(2, command::Leave{});
    world.pass(10ms);
  }
  world.pass(lists_apart);
  const auto heard = world.heard(ada);
  EXPECT_LE(heard.size(), 6);
  EXPECT_EQ(heard.back(), "lobby");
}

TEST_F(HubModeration, no_more_wait_than_a_person_looks_at) {
  moderate(Action::rules, {}, {.waiting_room = true});
  for (const ConnectionId id : {2, 3, 4}) enter(id, "guest " + std::to_string(id));
  enter(5, "eve");
  EXPECT_THAT(world.heard(5), ElementsAre("error room-full"));
}

TEST_F(HubModeration, a_moderator_who_comes_is_told_who_waits) {
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(2, "bob");
  world.connect(3, shows({Right::join, Right::moderate}));
  join(3, "carl");
  EXPECT_THAT(world.heard(3), ElementsAre("joined carl [ada]", "lobby bob"));
}

TEST_F(HubModeration, whoever_is_removed_stays_out_until_allowed) {
  const Source office{.key = "192.0.2.7", .local = false};
  enter(2, "eve", office);
  enter(3, "bob");
  world.forget();
  moderate(Action::remove, "eve");
  EXPECT_THAT(world.heard(2), ElementsAre("error removed", "close 1008"));
  EXPECT_THAT(world.heard(3), ElementsAre("#1 peer-left eve removed"));
  world.drop(2);
  enter(4, "eve again", office);
  EXPECT_THAT(world.heard(4), ElementsAre("error removed")) << "the same address";
  world.connect(5);
  world.say(5, command::Join{.room = "r", .incarnation = "another page", .former = "page of eve"});
  EXPECT_THAT(world.heard(5), ElementsAre("error removed")) << "the same tab";
  moderate(Action::allow, guest("eve"));
  join(4, "eve again");
  EXPECT_EQ(world.heard(4).front().substr(0, 6), "joined");
}

TEST_F(HubModeration, a_person_with_an_identity_stays_out_by_that_alone) {
  const Source office{.key = "192.0.2.7", .local = false};
  const auto come = [&](ConnectionId id, std::string identity) {
    world.hub.connected(id, Dialect::parley, world.now, Role::client, office.key, office,
                        shows({Right::join}, std::move(identity)));
    join(id, "peer " + std::to_string(id));
    return world.heard(id).front();
  };
  EXPECT_EQ(come(2, "user-2").substr(0, 6), "joined");
  moderate(Action::remove, "peer 2");
  EXPECT_EQ(come(3, "user-2"), "error removed");
  EXPECT_EQ(come(4, "user-4").substr(0, 6), "joined") << "somebody else of the same office";
}

TEST_F(HubModeration, a_room_that_is_deserted_remembers_for_a_day_who_was_removed) {
  enter(2, "eve");
  moderate(Action::remove, "eve");
  moderate(Action::rules, {}, {.locked = true});
  world.say(ada, command::Leave{});
  world.drop(2);
  enter(3, "bob");
  EXPECT_EQ(world.heard(3).front(), "joined bob []") << "its rules went with it";
  enter(4, "eve");
  EXPECT_THAT(world.heard(4), ElementsAre("error removed"));
  world.say(3, command::Leave{});
  world.pass(24h);
  enter(5, "eve");
  EXPECT_EQ(world.heard(5).front(), "joined eve []");
}

TEST_F(HubModeration, the_role_is_handed_on_and_given_back) {
  enter(2, "bob");
  enter(3, "carl");
  world.forget();
  moderate(Action::appoint, "bob");
  EXPECT_THAT(world.heard(2), ElementsAre("#2 role moderator"));
  EXPECT_THAT(world.heard(3), ElementsAre("#1 peer-updated bob bob {}"));
  moderate(Action::remove, "carl", {}, 2);
  EXPECT_THAT(world.heard(3), ElementsAre("error removed", "close 1008"));
  moderate(Action::resign, {}, {}, 2);
  EXPECT_THAT(world.heard(2), Contains("#4 role member"));
  moderate(Action::end, {}, {}, 2);
  EXPECT_THAT(world.heard(2), Contains("error not-moderator re moderate"));
}

TEST_F(HubModeration, a_role_that_a_token_gave_goes_with_it) {
  world.say(ada, command::Renew{.token = {.credential = shows({Right::join})}});
  EXPECT_THAT(world.heard(ada), ElementsAre("#1 role member", "renewed 356400"));
  moderate(Action::end);
  EXPECT_THAT(world.heard(ada), ElementsAre("error not-moderator re moderate"));
}

TEST_F(HubModeration, a_member_is_asked_and_a_foreign_one_cannot_be) {
  enter(2, "bob");
  world.connect(3, Dialect::fastapi);
  join(3, "carl");
  world.forget();
  world.say(ada, command::Moderate{.action = Action::ask, .id = "bob", .what = "microphone"});
  EXPECT_THAT(world.heard(2), ElementsAre("#2 asked microphone by ada"));
  world.say(ada, command::Moderate{.action = Action::ask, .id = "carl", .what = "microphone"});
  EXPECT_THAT(world.heard(ada), ElementsAre("error cannot-be-asked"));
}

TEST_F(HubModeration, a_call_ends_for_all_and_for_those_who_wait) {
  enter(2, "bob");
  world.connect(3, Dialect::socketio);
  join(3, "carl");
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(4, "eve");
  world.forget();
  moderate(Action::end);
  for (const ConnectionId id : {ada, ConnectionId{2}, ConnectionId{3}, ConnectionId{4}})
    EXPECT_THAT(world.heard(id), testing::IsSupersetOf({std::string("close 1008")})) << id;
  EXPECT_FALSE(world.hub.has_room("r"));
  EXPECT_EQ(world.hub.rules_of("r"), RoomRules());
}

TEST_F(HubModeration, a_room_ends_when_its_time_is_over) {
  moderate(Action::rules, {}, {.ends_in = 10min});
  world.pass(5min);
  moderate(Action::rules, {}, {.ends_in = 10min});
  world.pass(9min);
  world.forget();
  EXPECT_TRUE(world.hub.has_room("r"));
  world.pass(1min);
  EXPECT_THAT(world.heard(ada), ElementsAre("error room-ended", "close 1008"));
  enter(2, "bob");
  world.pass(1h);
  EXPECT_TRUE(world.hub.has_room("r")) << "the next one is another";
}

TEST_F(HubModeration, a_room_holds_as_many_as_its_moderator_says) {
  moderate(Action::rules, {}, {.members = 2});
  enter(2, "bob");
  enter(3, "carl");
  EXPECT_THAT(world.heard(3), ElementsAre("error room-full"));
}

TEST_F(HubModeration, foreign_clients_are_held_to_it) {
  moderate(Action::rules, {}, {.waiting_room = true});
  world.connect(2, Dialect::fastapi);
  world.say(2, command::Join{.room = "r", .peer = "bob", .or_close = true});
  EXPECT_THAT(world.heard(2), IsEmpty()) << "its document has no word for it";
  moderate(Action::admit);
  EXPECT_THAT(world.heard(2), ElementsAre("joined bob [ada]"));
  moderate(Action::rules, {}, {.locked = true});
  world.connect(3, Dialect::fastapi);
  world.say(3, command::Join{.room = "r", .peer = "carl", .or_close = true});
  EXPECT_THAT(world.heard(3), ElementsAre("error room-locked", "close 1008"));
}

TEST_F(HubModeration, an_application_makes_and_changes_rooms) {
  Outcome out;
  EXPECT_TRUE(world.hub.keep_room("made", {.locked = true}, world.now, out));
  EXPECT_FALSE(world.hub.moderate("none", {.action = Action::rules}, world.now, out));
  world.connect(2);
  join(2, "bob", "made");
  EXPECT_THAT(world.heard(2), ElementsAre("error room-locked"));
  EXPECT_TRUE(
      world.hub.moderate("made", {.action = Action::rules, .rules = {.locked = false}}, world.now, out));
  join(2, "bob", "made");
  EXPECT_THAT(world.heard(2), ElementsAre("joined bob []"));
  world.say(2, command::Leave{});
  EXPECT_TRUE(
      world.hub.moderate("made", {.action = Action::rules, .rules = {.waiting_room = true}}, world.now, out))
      << "it is kept";
  EXPECT_TRUE(world.hub.rules_of("made").waiting_room);
  EXPECT_TRUE(world.hub.moderate("made", {.action = Action::end}, world.now, out));
  EXPECT_EQ(world.hub.rules_of("made"), RoomRules());
}

TEST_F(HubModeration, nobody_takes_a_member_for_a_key_to_a_locked_room) {
  enter(2, "bob");
  moderate(Action::rules, {}, {.locked = true});
  world.connect(3);
  world.say(3,
            command::Join{.room = "r", .peer = "eve", .incarnation = "page of eve", .former = "page of bob"});
  EXPECT_THAT(world.heard(3), ElementsAre("error room-locked"));
}

TEST_F(HubModeration, an_admission_is_for_once) {
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(2, "eve");
  moderate(Action::admit);
  world.say(2, command::Leave{});
  world.forget();
  join(2, "eve");
  EXPECT_THAT(world.heard(2), ElementsAre("waiting r"));
}

TEST_F(HubModeration, the_end_of_waiting_opens_no_locked_room) {
  moderate(Action::rules, {}, {.waiting_room = true});
  enter(2, "bob");
  moderate(Action::rules, {}, {.locked = true, .waiting_room = false});
  EXPECT_THAT(world.heard(2), ElementsAre("waiting r", "error room-locked"));
}

TEST_F(HubModeration, whoever_is_removed_goes_with_all_their_tabs) {
  for (const ConnectionId id : {2, 3}) {
    world.connect(id, shows({Right::join}, "user-2"));
    join(id, "tab " + std::to_string(id));
  }
  moderate(Action::remove, "tab 2");
  EXPECT_THAT(world.heard(3), Contains("error removed"));
  world.connect(4);
  join(4, "tab 2");
  EXPECT_THAT(world.heard(4), ElementsAre("error removed")) << "the same page, without saying who it is";
}

TEST_F(HubModeration, the_end_of_a_call_lets_nobody_back_in_who_was_removed) {
  enter(2, "eve");
  moderate(Action::remove, "eve");
  moderate(Action::end);
  enter(3, "eve");
  EXPECT_THAT(world.heard(3), ElementsAre("error removed"));
}

TEST_F(HubModeration, one_person_does_not_take_all_places_to_wait) {
  Config config = moderated();
  config.limits.waiting_per_room = 64;
  World other(config);
  const auto come = [&](ConnectionId id, std::string peer) {
    other.say(id, command::Join{.room = "r", .peer = peer, .name = peer, .incarnation = "page of " + peer});
  };
  other.connect(ada, shows({Right::join, Right::moderate}));
  come(ada, "ada");
  other.say(ada, command::Moderate{.action = Action::rules, .rules = {.waiting_room = true}});
  for (ConnectionId id = 10; id < 18; ++id) {
    other.connect(id, shows({Right::join}, "user-2"));
    come(id, "eve " + std::to_string(id));
  }
  other.connect(18, shows({Right::join}, "user-2"));
  come(18, "eve 18");
  EXPECT_THAT(other.heard(18), ElementsAre("error address-full"));
  other.connect(19);
  come(19, "bob");
  EXPECT_THAT(other.heard(19), ElementsAre("waiting r"));
}

TEST(HubRuledRooms, are_as_many_as_rooms_and_those_with_bans_alone_go_first) {
  Config config = moderated();
  config.limits.rooms = 2;
  World world(config);
  Outcome out;
  for (const ConnectionId id : {1, 2}) {
    world.connect(id);
    world.say(id,
              command::Join{.room = "first", .peer = std::to_string(id), .incarnation = std::to_string(id)});
  }
  EXPECT_TRUE(world.hub.moderate("first", {.action = Action::remove, .id = "1"}, world.now, out));
  EXPECT_TRUE(world.hub.moderate("first", {.action = Action::end}, world.now, out));
  EXPECT_TRUE(world.hub.keep_room("second", {}, world.now, out));
  EXPECT_EQ(world.hub.lobby("first").removed.size(), 1);
  EXPECT_TRUE(world.hub.keep_room("third", {}, world.now, out));
  EXPECT_EQ(world.hub.lobby("first").removed.size(), 0);
  const Done fourth = world.hub.keep_room("fourth", {}, world.now, out);
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, ErrorCode::too_many_rooms);
}

TEST(HubInvited, nobody_but_moderators_makes_rooms) {
  World world(moderated(MakesRooms::moderators));
  world.connect(1);
  world.say(1, command::Join{.room = "r", .peer = "bob", .incarnation = "page"});
  EXPECT_THAT(world.heard(1), ElementsAre("error no-such-room"));
  Outcome out;
  EXPECT_TRUE(world.hub.keep_room("r", {}, world.now, out));
  world.say(1, command::Join{.room = "r", .peer = "bob", .incarnation = "page"});
  EXPECT_THAT(world.heard(1), ElementsAre("joined bob []"));
}

TEST(HubInvited, a_room_that_is_remembered_for_who_was_removed_is_no_room) {
  World world(moderated(MakesRooms::moderators));
  Outcome out;
  EXPECT_TRUE(world.hub.keep_room("r", {}, world.now, out));
  for (const ConnectionId id : {1, 2}) {
    world.connect(id);
    world.say(id, command::Join{.room = "r", .peer = std::to_string(id), .incarnation = std::to_string(id)});
  }
  EXPECT_TRUE(world.hub.moderate("r", {.action = Action::remove, .id = "1"}, world.now, out));
  EXPECT_TRUE(world.hub.moderate("r", {.action = Action::end}, world.now, out));
  world.connect(3);
  world.say(3, command::Join{.room = "r", .peer = "3", .incarnation = "3"});
  EXPECT_THAT(world.heard(3), ElementsAre("error no-such-room"));
}

}  // namespace
}  // namespace parley::hub
