#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Config with(Auth auth) {
  Config config{.seed = 7};
  config.auth = auth;
  return config;
}

class HubAccess : public testing::Test {
 protected:
  [[nodiscard]] Credential shows(Pass pass, Duration left = 1h) const {
    pass.ends = world.now + left;
    return {.pass = std::make_shared<const Pass>(std::move(pass))};
  }
  [[nodiscard]] Credential may(Rights rights) const { return shows({.may = rights}); }

  void join(ConnectionId id, std::string room, std::string peer, Credential shown = {}) {
    world.say(id, command::Join{.room = std::move(room),
                                .peer = peer,
                                .name = peer,
                                .incarnation = "page of " + peer,
                                .token = {.credential = std::move(shown)}});
  }

  World world{with(Auth::all)};
};

constexpr Credential::Fault forged{.code = ErrorCode::token_signature, .sentence = "No."};

TEST_F(HubAccess, a_room_is_for_whoever_has_shown_what_lets_them_in) {
  world.connect(1);
  join(1, "team-a", "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("error token-required"));
  join(1, "team-a", "ada", may({Right::watch, Right::call, Right::publish}));
  EXPECT_THAT(world.heard(1), ElementsAre("error token-right"));
  join(1, "team-a", "ada", shows({.rooms = NamePatterns({"other", "team-b*"}), .may = {Right::join}}));
  EXPECT_THAT(world.heard(1), ElementsAre("error token-room"));
  join(1, "team-a", "ada", {.fault = forged});
  EXPECT_THAT(world.heard(1), ElementsAre("error token-signature"));
  join(1, "team-a", "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("error token-signature")) << "what was shown last counts";
  EXPECT_FALSE(world.hub.has_room("team-a"));
  join(1, "team-a", "ada", shows({.rooms = NamePatterns({"team-*"}), .may = {Right::join}}));
  EXPECT_THAT(world.heard(1), ElementsAre("joined ada []"));
}

TEST_F(HubAccess, what_the_address_has_shown_does_for_whoever_says_nothing_of_it) {
  world.connect(1, may({Right::join}), Dialect::fastapi);
  world.say(1, command::Join{.room = "r", .peer = "ada", .or_close = true});
  EXPECT_THAT(world.heard(1), ElementsAre("joined ada []"));
  world.connect(2, Credential{.fault = forged}, Dialect::fastapi);
  world.say(2, command::Join{.room = "r", .peer = "bob", .or_close = true});
  EXPECT_THAT(world.heard(2), ElementsAre("error token-signature", "close 1008"));
  EXPECT_THAT(world.heard(1), IsEmpty());
}

TEST_F(HubAccess, a_token_that_ended_while_its_client_was_silent_lets_nobody_in) {
  world.connect(1, may({Right::join}));
  world.pass(1h);
  join(1, "r", "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("error token-expired"));
}

TEST_F(HubAccess, whoever_publishes_needs_the_right_and_the_number) {
  const auto offer = [&](ConnectionId id, std::string sim) {
    world.say(id, command::Signal{.audience = command::Audience::partner,
                                  .kind = command::SignalKind::offer,
                                  .payload = "{}",
                                  .enter = std::move(sim)});
  };
  world.connect(1, may({Right::join}), Dialect::sim);
  offer(1, "12345");
  EXPECT_THAT(world.heard(1), ElementsAre("error token-right"));
  world.connect(2, shows({.sims = NamePatterns({"99*"}), .may = {Right::publish}}), Dialect::sim);
  offer(2, "12345");
  EXPECT_THAT(world.heard(2), ElementsAre("error token-room"));
  offer(2, "99345");
  EXPECT_EQ(world.heard(2).front(), "joined 99345 []");
}

TEST(HubAccessOfRooms, only_publishers_need_a_token) {
  World world(with(Auth::rooms));
  const auto join = [&](ConnectionId id, std::string peer, Credential shown = {}) {
    world.say(id,
              command::Join{
                  .room = "r", .peer = peer, .incarnation = peer, .token = {.credential = std::move(shown)}});
  };
  world.connect(1);
  join(1, "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("joined ada []"));
  world.connect(2);
  join(2, "bob", {.fault = forged});
  EXPECT_THAT(world.heard(2), ElementsAre("error token-signature")) << "one that is wrong is no token";
  world.connect(3, Dialect::sim);
  world.say(3, command::Join{.room = "12345", .peer = "12345"});
  EXPECT_THAT(world.heard(3), ElementsAre("error token-required"));
}

TEST_F(HubAccess, a_members_name_and_identity_are_its_tokens) {
  world.connect(1, shows({.identity = "user-1", .name = "Ada", .may = {Right::join}}));
  join(1, "r", "a");
  world.connect(2, may({Right::join}));
  join(2, "r", "b");
  const auto members = world.hub.members("r");
  ASSERT_EQ(members.size(), 2);
  EXPECT_EQ(members[0].name, "Ada");
  EXPECT_EQ(members[0].identity, "user-1");
  EXPECT_EQ(members[1].name, "b");
  EXPECT_EQ(members[1].identity, "");
  world.forget();
  world.say(1, command::Update{.name = "Eve"});
  EXPECT_THAT(world.heard(1), ElementsAre("error token-name"));
  world.say(1, command::Update{.name = "Ada", .meta = "{}"});
  EXPECT_THAT(world.heard(2), ElementsAre("#1 peer-updated a Ada {}"));
}

TEST_F(HubAccess, whoever_registers_needs_the_right_and_takes_the_tokens_name) {
  const auto register_as = [&](ConnectionId id, const std::string& name) {
    world.say(id, command::Register{.name = name, .user_id = name});
  };
  world.connect(1, may({Right::join}));
  register_as(1, "ada");
  EXPECT_THAT(world.heard(1), ElementsAre("error token-right"));
  world.connect(2, shows({.name = "bob", .may = {Right::call}}));
  register_as(2, "ada");
  EXPECT_THAT(world.heard(2), ElementsAre("error token-name"));
  register_as(2, "bob");
  EXPECT_EQ(world.heard(2).front(), "registered bob");
}

TEST_F(HubAccess, a_call_is_open_to_its_two_and_to_nobody_else) {
  const auto online = [&](ConnectionId id, const std::string& name) {
    world.connect(id, may({Right::call}));
    world.say(id, command::Register{.name = name, .user_id = name, .secret = "secret of " + name});
  };
  online(1, "ada");
  online(2, "bob");
  world.say(1, command::Call{.name = "bob"});
  world.say(2, command::AcceptCall{.caller = "ada"});
  const auto bodies = world.bodies(1);
  const auto room = std::get<event::CallAccepted>(bodies.back()).room;
  ASSERT_FALSE(room.empty());
  world.forget();
  world.connect(3, may({Right::call}));
  join(3, room, "ada");
  EXPECT_THAT(world.heard(3), ElementsAre("joined ada []"));
  world.connect(4, may({Right::call}));
  join(4, room, "eve");
  EXPECT_THAT(world.heard(4), ElementsAre("error token-right"));
  world.connect(5, may({Right::call}));
  join(5, "call-of-my-own", "bob");
  EXPECT_THAT(world.heard(5), ElementsAre("error token-right"));
}

TEST_F(HubAccess, a_stay_ends_with_its_token_after_a_warning) {
  world.connect(1, may({Right::join}));
  join(1, "r", "ada");
  world.connect(2, shows({.may = {Right::join}}, 2h));
  join(2, "r", "bob");
  world.forget();
  world.pass(59min);
  EXPECT_THAT(world.heard(1), ElementsAre("token-ends 60"));
  world.pass(59s);
  EXPECT_THAT(world.heard(1), IsEmpty());
  world.pass(1s);
  EXPECT_THAT(world.heard(1), ElementsAre("error token-expired", "close 1008"));
  EXPECT_THAT(world.heard(2), ElementsAre("#1 peer-left ada closed"));
}

TEST_F(HubAccess, of_a_short_token_is_told_when_half_of_it_is_over) {
  world.connect(1, shows({.may = {Right::join}}, 10s));
  join(1, "r", "ada");
  world.forget();
  world.pass(4s);
  EXPECT_THAT(world.heard(1), IsEmpty());
  world.pass(1s);
  EXPECT_THAT(world.heard(1), ElementsAre("token-ends 5"));
}

TEST_F(HubAccess, whoever_is_away_when_the_token_ends_does_not_come_back) {
  world.connect(1, shows({.may = {Right::join}}, 80s));
  join(1, "r", "ada");
  const std::string secret = world.secret(1);
  world.pass(70s);
  world.drop(1);
  EXPECT_TRUE(world.hub.has_room("r"));
  world.pass(10s);
  EXPECT_FALSE(world.hub.has_room("r"));
}

TEST_F(HubAccess, another_token_goes_on_without_a_gap) {
  world.connect(1, shows({.identity = "user-1", .may = {Right::join}}, 2min));
  join(1, "r", "ada");
  world.forget();
  world.pass(90s);
  EXPECT_THAT(world.heard(1), ElementsAre("token-ends 60"));
  const auto renew = [&](Credential shown) {
    world.say(1, command::Renew{.token = {.credential = std::move(shown)}}, 0, 0, "renew");
  };
  renew({.fault = forged});
  renew({});
  renew(shows({.identity = "user-2", .may = {Right::join}}));
  renew(shows({.identity = "user-1", .rooms = NamePatterns({"other"}), .may = {Right::join}}));
  renew(shows({.identity = "user-1", .may = {Right::watch}}));
  EXPECT_THAT(world.heard(1), ElementsAre("error token-signature re renew", "error token-required re renew",
                                          "error token-identity re renew", "error token-room re renew",
                                          "error token-right re renew"));
  renew(shows({.identity = "user-1", .may = {Right::join}}, 3min));
  EXPECT_THAT(world.heard(1), ElementsAre("renewed 180"));
  world.pass(119s);
  EXPECT_THAT(world.heard(1), IsEmpty());
  world.pass(1s);
  EXPECT_THAT(world.heard(1), ElementsAre("token-ends 60"));
  world.pass(1min);
  EXPECT_THAT(world.heard(1), ElementsAre("error token-expired", "close 1008"));
}

TEST_F(HubAccess, a_failed_renewal_changes_nothing) {
  world.connect(1, shows({.may = {Right::join}}, 2min));
  join(1, "r", "ada");
  world.say(1, command::Renew{.token = {.credential = {.fault = forged}}});
  world.forget();
  world.pass(2min);
  EXPECT_THAT(world.heard(1), ElementsAre("token-ends 60", "error token-expired", "close 1008"));
}

TEST_F(HubAccess, whoever_resumes_shows_a_token_of_the_same_person) {
  world.connect(1, shows({.identity = "user-1", .may = {Right::join}}));
  join(1, "r", "ada");
  const std::string secret = world.secret(1);
  world.drop(1);
  world.forget();
  const auto resume = [&](ConnectionId id, Credential shown) {
    world.connect(id, std::move(shown));
    world.say(id,
              command::Join{
                  .room = "r", .incarnation = "page of ada", .resume = command::Resume{.session = secret}});
  };
  resume(2, {});
  EXPECT_THAT(world.heard(2), ElementsAre("error token-required"));
  resume(3, shows({.identity = "user-2", .may = {Right::join}}));
  EXPECT_THAT(world.heard(3), ElementsAre("error token-identity"));
  resume(4, shows({.identity = "user-1", .may = {Right::join}}, 0s));
  EXPECT_THAT(world.heard(4), ElementsAre("error token-expired"));
  resume(5, shows({.identity = "user-1", .may = {Right::join}}, 3min));
  EXPECT_EQ(world.heard(5).front(), "resumed ada");
  world.pass(2min);
  EXPECT_THAT(world.heard(5), testing::Contains("token-ends 60")) << "the new one counts";
}

TEST_F(HubAccess, nobody_resumes_under_another_name_than_the_tokens) {
  world.connect(1, shows({.name = "Ada", .may = {Right::join}}));
  join(1, "r", "ada");
  const std::string secret = world.secret(1);
  world.drop(1);
  world.connect(2, shows({.name = "Eve", .may = {Right::join}}));
  world.say(2, command::Join{
                   .room = "r", .incarnation = "page of ada", .resume = command::Resume{.session = secret}});
  EXPECT_THAT(world.heard(2), ElementsAre("error token-name"));
}

TEST_F(HubAccess, a_registration_ends_with_its_token_and_its_call_too) {
  const auto online = [&](ConnectionId id, const std::string& name, Duration left) {
    world.connect(id, shows({.may = {Right::call}}, left));
    world.say(id, command::Register{.name = name, .user_id = name, .secret = "secret of " + name});
  };
  online(1, "ada", 2min);
  online(2, "bob", 1h);
  world.say(1, command::Call{.name = "bob"});
  world.forget();
  world.pass(2min);
  EXPECT_THAT(world.heard(1), testing::Contains("close 1008"));
  EXPECT_THAT(world.heard(2), testing::Contains("ended ada gone"));
}

TEST(HubAccessOff, nothing_is_asked) {
  World world(with(Auth::off));
  EXPECT_EQ(world.join(1, "r", "ada").empty(), false);
  world.forget();
  world.say(1, command::Renew{}, 0, 0, "renew");
  EXPECT_THAT(world.heard(1), ElementsAre("renewed 0"));
}

}  // namespace
}  // namespace parley::hub
