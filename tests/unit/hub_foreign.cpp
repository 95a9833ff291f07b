#include <gtest/gtest.h>

#include "hub_world.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;
using command::Audience;
using command::SignalKind;

/// Members of dialects that know no resume and no numbers.
class HubForeign : public testing::Test {
 protected:
  void join(ConnectionId id, const std::string& peer, Dialect dialect = Dialect::fastapi) {
    world.connect(id, dialect);
    world.say(id, command::Join{.room = "r", .peer = peer});
  }

  void say(ConnectionId from, Audience audience, SignalKind kind, const std::string& to = "") {
    world.say(from,
              command::Signal{.to = to, .audience = audience, .kind = kind, .payload = PooledString("{}")}, 0,
              0, "signal");
  }

  /// Ada, Bob and Eve, who have heard of each other.
  void three() {
    join(ada, "ada");
    join(bob, "bob");
    join(eve, "eve");
    world.forget();
  }

  static constexpr ConnectionId ada = 1;
  static constexpr ConnectionId bob = 2;
  static constexpr ConnectionId eve = 3;
  World world;
};

// Coming and going.

TEST_F(HubForeign, a_lost_socket_is_a_leave_at_once) {
  join(ada, "ada");
  for (const Dialect dialect :
       {Dialect::sim, Dialect::serverpod, Dialect::socketio, Dialect::calls, Dialect::fastapi}) {
    join(bob, "bob", dialect);
    world.forget();
    world.drop(bob);
    EXPECT_EQ(world.heard(ada), Lines{"peer-left bob left"}) << name_of(dialect);
    EXPECT_EQ(roster(world.hub.members("r")), "[ada]") << name_of(dialect);
  }
  EXPECT_EQ(world.hub.totals().away, 0U);
  EXPECT_EQ(world.hub.next_timeout(), std::nullopt) << "there is nothing to wait for";
}

TEST_F(HubForeign, nothing_is_numbered_kept_or_acknowledged) {
  three();
  for (int i = 0; i < 100; ++i) say(ada, Audience::member, SignalKind::candidate, "bob");
  const Lines heard = world.heard(bob);
  ASSERT_EQ(heard.size(), 100U);
  EXPECT_EQ(heard.back(), "signal ada candidate {}");
  world.pass(1min);
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubForeign, an_incarnation_is_made_up_and_no_two_are_the_same) {
  three();
  const auto members = world.hub.members("r");
  EXPECT_FALSE(members[0].incarnation.empty());
  EXPECT_NE(members[0].incarnation, members[1].incarnation);
}

TEST_F(HubForeign, the_dialect_is_what_the_others_see) {
  join(ada, "ada", Dialect::serverpod);
  EXPECT_EQ(world.hub.members("r").front().dialect, Dialect::serverpod);
}

/// The other ids that this connection was shown with a newcomer, of each that came.
std::vector<Lines> rosters_in(const std::vector<EventBody>& events) {
  std::vector<Lines> rosters;
  for (const EventBody& body : events) {
    if (const auto* joined = std::get_if<event::PeerJoined>(&body)) rosters.push_back(joined->others);
  }
  return rosters;
}

TEST_F(HubForeign, where_a_dialect_shows_the_roster_each_is_shown_all_but_itself) {
  join(ada, "ada", Dialect::serverpod);
  join(bob, "bob", Dialect::fastapi);
  join(eve, "eve", Dialect::serverpod);
  EXPECT_EQ(rosters_in(world.bodies(ada)), (std::vector<Lines>{{"bob"}, {"bob", "eve"}}));
  EXPECT_EQ(rosters_in(world.bodies(bob)), (std::vector<Lines>{{}}));
}

// Who cannot enter.

TEST_F(HubForeign, whose_id_is_taken_is_told_so_and_closed) {
  join(ada, "ada");
  world.forget();
  join(bob, "ada", Dialect::serverpod);
  EXPECT_EQ(world.heard(bob), (Lines{"error peer-taken", "close 1008"}));
  EXPECT_EQ(world.heard(ada), Lines{});
  world.say(bob, command::Join{.room = "r", .peer = "bob"});
  EXPECT_EQ(world.heard(bob), Lines{}) << "nothing it still says counts";
  world.drop(bob);
  EXPECT_EQ(roster(world.hub.members("r")), "[ada]");
}

TEST_F(HubForeign, who_can_name_another_room_is_told_what_is_wrong_and_may_try_again) {
  world.connect(ada, Dialect::serverpod);
  world.say(ada, command::Join{.room = "", .peer = "ada"});
  world.say(ada, command::Join{.room = "r", .peer = std::string(129, 'x')});
  world.say(ada, command::Join{.room = "r", .peer = "ada"});
  EXPECT_EQ(world.heard(ada), (Lines{"error bad-field", "error bad-field", "joined ada []"}));
}

TEST_F(HubForeign, whose_address_says_the_room_is_closed_whatever_is_wrong_with_it) {
  world.connect(ada, Dialect::fastapi);
  world.say(ada, command::Join{.room = "r", .peer = "", .or_close = true});
  EXPECT_EQ(world.heard(ada), (Lines{"error bad-field", "close 1008"}));
}

TEST(HubForeignLimits, a_full_room_closes_those_whose_address_says_it) {
  World world(Limits{.peers_per_room = 1});
  world.join(1, "r", "ada");
  world.connect(2, Dialect::fastapi);
  world.say(2, command::Join{.room = "r", .peer = "bob", .or_close = true});
  world.connect(3, Dialect::serverpod);
  world.say(3, command::Join{.room = "r", .peer = "bob"});
  EXPECT_EQ(world.heard(2), (Lines{"error room-full", "close 1008"}));
  EXPECT_EQ(world.heard(3), Lines{"error room-full"});
}

// Audiences.

TEST_F(HubForeign, what_is_for_others_reaches_all_but_its_sender) {
  three();
  say(ada, Audience::others, SignalKind::offer);
  for (const ConnectionId id : {bob, eve}) EXPECT_EQ(world.heard(id), Lines{"signal ada description {}"});
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubForeign, what_is_for_others_is_numbered_for_those_who_number) {
  join(ada, "ada");
  world.join(9, "r", "rob");
  world.forget();
  say(ada, Audience::others, SignalKind::candidate);
  EXPECT_EQ(world.heard(9), Lines{"#1 signal ada candidate {}"});
}

TEST_F(HubForeign, alone_there_are_no_others_and_that_is_no_error) {
  join(ada, "ada");
  world.forget();
  say(ada, Audience::others, SignalKind::offer);
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubForeign, before_joining_there_is_nobody_to_talk_to) {
  world.connect(ada, Dialect::serverpod);
  say(ada, Audience::others, SignalKind::offer);
  say(ada, Audience::member, SignalKind::offer, "bob");
  say(ada, Audience::partner, SignalKind::offer);
  EXPECT_EQ(world.heard(ada), (Lines{"error not-joined re signal", "error not-joined re signal",
                                     "error not-joined re signal"}));
}

// Remembered offers.

TEST_F(HubForeign, an_answer_for_nobody_in_particular_is_for_whose_offer_came_last) {
  three();
  say(ada, Audience::member, SignalKind::offer, "eve");
  say(bob, Audience::others, SignalKind::offer);
  say(ada, Audience::member, SignalKind::candidate, "eve");
  world.forget();
  say(eve, Audience::others, SignalKind::answer);
  EXPECT_EQ(world.heard(bob), Lines{"signal eve description {}"});
  EXPECT_EQ(world.heard(ada), Lines{});
}

TEST_F(HubForeign, an_offer_of_a_native_member_s_is_remembered_too) {
  join(ada, "ada");
  world.join(9, "r", "rob");
  world.say(9, command::Signal{.to = "ada", .kind = SignalKind::offer, .payload = PooledString("{}")}, 1);
  world.forget();
  say(ada, Audience::others, SignalKind::answer);
  EXPECT_EQ(world.heard(9), Lines{"#1 signal ada description {}"});
}

TEST_F(HubForeign, without_an_offer_or_when_its_maker_has_left_there_is_nobody_to_answer) {
  three();
  say(eve, Audience::others, SignalKind::answer);
  say(bob, Audience::member, SignalKind::offer, "eve");
  world.drop(bob);
  world.forget();
  say(eve, Audience::others, SignalKind::answer);
  EXPECT_EQ(world.heard(eve), Lines{"error no-such-peer re signal"});
  EXPECT_EQ(world.heard(ada), Lines{});
}

// Partners.

TEST_F(HubForeign, a_partner_is_the_room_s_only_other_member) {
  join(ada, "ada", Dialect::sim);
  join(bob, "bob");
  world.forget();
  say(ada, Audience::partner, SignalKind::offer);
  EXPECT_EQ(world.heard(bob), Lines{"signal ada description {}"});
}

TEST_F(HubForeign, a_partner_stays_the_partner_when_more_come_and_until_it_leaves) {
  join(ada, "ada", Dialect::sim);
  join(bob, "bob");
  say(ada, Audience::partner, SignalKind::offer);
  join(eve, "eve");
  world.forget();
  say(ada, Audience::partner, SignalKind::candidate);
  EXPECT_EQ(world.heard(bob), Lines{"signal ada candidate {}"});
  EXPECT_EQ(world.heard(eve), Lines{});
  world.drop(bob);
  world.forget();
  say(ada, Audience::partner, SignalKind::offer);
  EXPECT_EQ(world.heard(eve), Lines{"signal ada description {}"}) << "the only other one now";
}

TEST_F(HubForeign, with_nobody_or_several_there_a_partner_is_an_error) {
  join(ada, "ada", Dialect::sim);
  world.forget();
  say(ada, Audience::partner, SignalKind::offer);
  join(bob, "bob");
  join(eve, "eve");
  say(ada, Audience::partner, SignalKind::offer);
  EXPECT_EQ(world.heard(ada), (Lines{"error nobody-to-stream-to re signal", "peer-joined bob",
                                     "peer-joined eve", "error nobody-to-stream-to re signal"}));
}

TEST_F(HubForeign, a_signal_may_enter_the_room_that_it_is_for) {
  join(bob, "bob");
  world.connect(ada, Dialect::sim);
  world.say(ada, command::Signal{.audience = Audience::partner,
                                 .kind = SignalKind::offer,
                                 .payload = PooledString("{}"),
                                 .enter = "r"});
  EXPECT_EQ(world.heard(ada), Lines{"joined r [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"joined bob []", "peer-joined r", "signal r description {}"}));
}

TEST_F(HubForeign, a_signal_that_cannot_enter_goes_nowhere) {
  world.connect(bob, Dialect::sim);
  world.say(bob, command::Join{.room = "r", .peer = "r"});
  world.forget();
  world.connect(ada, Dialect::sim);
  world.say(ada, command::Signal{.audience = Audience::partner,
                                 .kind = SignalKind::offer,
                                 .payload = PooledString("{}"),
                                 .enter = "r"});
  EXPECT_EQ(world.heard(ada), (Lines{"error peer-taken", "close 1008"}));
  EXPECT_EQ(world.heard(bob), Lines{});
}

}  // namespace
}  // namespace parley::hub
