#include <gtest/gtest.h>

#include "hub_callers.hpp"

namespace parley::hub {
namespace {

using namespace std::chrono_literals;

/// Ada is one of Parley's own, who joins a call's room on another connection; Bob is of either kind.
class HubCallRooms : public HubCalls {
 protected:
  using HubCalls::HubCalls;

  void ada_and_own_bob() {
    enrol_own(ada, "ada");
    enrol_own(bob, "bob");
    settle();
  }

  void ada_and_foreign_bob(const std::string& room = "") {
    enrol_own(ada, "ada");
    enrol(bob, "bob", room);
    settle();
  }

  /// Bob calls and Ada accepts, or the other way round; says which room they have then.
  std::string connect(ConnectionId caller) {
    call(caller, caller == ada ? "bob" : "ada");
    accept(caller == ada ? bob : ada, caller == ada ? "ada" : "bob");
    std::string room = room_told_to(ada);
    world.forget();
    return room;
  }

  /// The same, and Ada has joined that room; everybody has heard what there is to hear.
  std::string meet(ConnectionId caller) {
    std::string room = connect(caller);
    world.join(ada_room, room, "ada");
    world.forget();
    return room;
  }

  void say(ConnectionId from, const std::string& to, command::SignalKind kind, const std::string& payload) {
    const auto audience = from == bob ? command::Audience::user : command::Audience::member;
    world.say(from,
              command::Signal{.to = to, .audience = audience, .kind = kind, .payload = PooledString(payload)},
              0, 0, "signal");
  }

  std::optional<bool> offers_of_bob(const std::string& room) {
    for (const Member& member : world.hub.members(room)) {
      if (member.id == "bob") return member.offers;
    }
    return std::nullopt;
  }
};

// Both are Parley's own.

TEST_F(HubCallRooms, both_of_parley_s_own_are_told_the_room_at_once) {
  ada_and_own_bob();
  call(ada, "bob");
  accept(bob, "ada");
  const std::string room = room_told_to(bob);
  EXPECT_EQ(room.substr(0, 5), "call-");
  EXPECT_EQ(heard(ada), Lines{"accepted bob in " + room});
  EXPECT_EQ(heard(bob), (Lines{"incoming ada", "accepted ada in " + room}));
  EXPECT_FALSE(world.hub.has_room(room)) << "until somebody joins";
}

TEST_F(HubCallRooms, each_call_has_another_room) {
  ada_and_own_bob();
  const std::string room = connect(ada);
  hang_up(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
  EXPECT_EQ(world.heard(bob), Lines{});
  EXPECT_NE(connect(ada), room);
}

TEST_F(HubCallRooms, the_room_of_two_of_parley_s_own_is_a_room_like_any_other) {
  ada_and_own_bob();
  const std::string room = connect(ada);
  world.join(ada_room, room, "ada");
  world.join(bob_room, room, "bob");
  world.signal(ada_room, "bob", "{}");
  EXPECT_EQ(world.heard(ada_room), (Lines{"joined ada []", "#1 peer-joined bob"}));
  EXPECT_EQ(world.heard(bob_room), (Lines{"joined bob [ada]", "#1 signal ada description {}"}));
  EXPECT_EQ(world.heard(ada), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubCallRooms, a_rejection_says_why) {
  ada_and_own_bob();
  for (const RejectReason reason : {RejectReason::rejected, RejectReason::busy, RejectReason::timed_out}) {
    world.pass(std::chrono::minutes(1));
    world.forget();
    call(ada, "bob");
    world.say(bob, command::RejectCall{"ada", reason});
    EXPECT_EQ(world.heard(ada), Lines{"rejected bob " + std::string(name_of(reason))});
  }
}

TEST_F(HubCallRooms, a_call_is_cancelled_before_and_ended_after_it_was_accepted) {
  ada_and_own_bob();
  call(ada, "bob");
  world.forget();
  hang_up(ada, "bob");
  EXPECT_EQ(world.heard(bob), Lines{"ended ada cancelled"});
  connect(ada);
  hang_up(ada, "bob");
  EXPECT_EQ(world.heard(bob), Lines{"ended ada ended"});
  hang_up(ada, "bob");
  EXPECT_EQ(world.heard(ada), Lines{"error no-call re hangup"});
}

TEST_F(HubCallRooms, who_goes_offline_ends_its_call) {
  ada_and_own_bob();
  call(ada, "bob");
  world.forget();
  world.say(ada, command::Leave{});
  EXPECT_EQ(world.heard(bob).front(), "ended ada cancelled");
  enrol_own(ada, "ada");
  settle();
  connect(ada);
  world.say(ada, command::Leave{});
  EXPECT_EQ(world.heard(bob).front(), "ended ada ended");
}

TEST_F(HubCallRooms, who_leaves_the_room_ends_the_call_for_both) {
  ada_and_own_bob();
  const std::string room = connect(ada);
  world.join(ada_room, room, "ada");
  world.join(bob_room, room, "bob");
  world.say(bob_room, command::Leave{});
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
  EXPECT_EQ(world.heard(bob), Lines{"ended ada ended"});
  EXPECT_EQ(roster(world.hub.members(room)), "[ada]");
  call(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"incoming bob"}) << "both are free";
}

TEST_F(HubCallRooms, whose_tab_is_gone_ends_the_call_when_the_window_closes) {
  ada_and_own_bob();
  const std::string room = connect(ada);
  world.join(ada_room, room, "ada");
  world.join(bob_room, room, "bob");
  world.drop(bob_room);
  world.pass(30s - 1ms);
  EXPECT_EQ(world.heard(ada), Lines{});
  world.pass(1ms);
  EXPECT_EQ(heard(ada), Lines{"ended bob gone"});
}

TEST_F(HubCallRooms, a_member_that_resumes_or_is_replaced_stays_in_the_call) {
  ada_and_own_bob();
  const std::string room = connect(ada);
  const std::string secret = world.join(ada_room, room, "ada");
  world.drop(ada_room);
  world.resume(31, room, secret, 0);
  EXPECT_EQ(world.heard(31), Lines{"resumed ada"});
  world.connect(32);
  world.say(32, command::Join{.room = room,
                              .incarnation = "another page",
                              .resume = command::Resume{.session = secret, .ack = 0}});
  EXPECT_EQ(world.heard(32), Lines{"joined ada []"});
  EXPECT_EQ(world.heard(ada), Lines{});
  hang_up(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
}

TEST_F(HubCallRooms, somebody_else_may_come_and_go_and_a_namesake_in_another_room_is_nobody) {
  ada_and_own_bob();
  const std::string room = meet(ada);
  world.join(eve, room, "eve");
  world.say(eve, command::Leave{});
  world.join(4, "another", "bob");
  world.say(4, command::Leave{});
  EXPECT_EQ(world.heard(ada), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{});
}

// Bob is of another dialect.

TEST_F(HubCallRooms, a_foreign_caller_is_put_in_and_told_of_the_acceptance_once_the_other_has_joined) {
  ada_and_foreign_bob();
  call(bob, "ada");
  accept(ada, "bob");
  const std::string room = room_told_to(ada);
  EXPECT_EQ(heard(ada), (Lines{"incoming bob", "accepted bob in " + room}));
  EXPECT_EQ(world.heard(bob), Lines{}) << "its offer would find nobody";
  world.join(ada_room, room, "ada");
  EXPECT_EQ(world.heard(bob), (Lines{"joined bob [ada]", "accepted ada"}));
  EXPECT_EQ(world.heard(ada_room), (Lines{"joined ada []", "#1 peer-joined bob"}));
  EXPECT_EQ(offers_of_bob(room), true) << "the caller offers";
}

TEST_F(HubCallRooms, a_foreign_callee_is_put_in_when_the_caller_joins_and_told_nothing) {
  ada_and_foreign_bob();
  call(ada, "bob");
  accept(bob, "ada");
  const std::string room = room_told_to(ada);
  EXPECT_EQ(heard(ada), Lines{"accepted bob in " + room});
  world.forget();
  world.join(ada_room, room, "ada");
  EXPECT_EQ(world.heard(bob), Lines{"joined bob [ada]"});
  EXPECT_EQ(offers_of_bob(room), false) << "it waits for the caller's offer";
}

TEST_F(HubCallRooms, signals_cross_both_ways_in_the_room) {
  ada_and_foreign_bob();
  meet(bob);
  say(bob, "ada", command::SignalKind::offer, "{1}");
  say(bob, "ada", command::SignalKind::candidate, "{2}");
  EXPECT_EQ(world.heard(ada_room), (Lines{"#2 signal bob description {1}", "#3 signal bob candidate {2}"}));
  say(ada_room, "bob", command::SignalKind::answer, "{3}");
  say(ada_room, "bob", command::SignalKind::candidate, "{4}");
  EXPECT_EQ(world.heard(bob), (Lines{"signal ada description {3}", "signal ada candidate {4}"}));
}

TEST_F(HubCallRooms, a_registered_socket_hears_no_signals) {
  ada_and_foreign_bob();
  say(bob, "ada", command::SignalKind::offer, "{}");
  connect(bob);
  say(bob, "ada", command::SignalKind::offer, "{}");
  EXPECT_EQ(world.heard(ada), Lines{});
  EXPECT_EQ(world.heard(bob), Lines{"error no-call re signal"});
}

TEST_F(HubCallRooms, when_either_hangs_up_the_guest_is_taken_out_and_told_once) {
  ada_and_foreign_bob();
  for (const ConnectionId who : {ada, bob}) {
    const std::string room = meet(bob);
    hang_up(who, who == ada ? "bob" : "ada");
    EXPECT_EQ(world.heard(ada), who == ada ? Lines{} : Lines{"ended bob ended"});
    EXPECT_EQ(world.heard(bob), who == ada ? Lines{"ended ada ended"} : Lines{});
    EXPECT_EQ(world.heard(ada_room), Lines{"#2 peer-left bob left"});
    world.say(ada_room, command::Leave{});
    world.drop(ada_room);
    EXPECT_EQ(world.heard(bob), Lines{}) << "it is in that room no more";
    EXPECT_FALSE(world.hub.has_room(room));
  }
}

TEST_F(HubCallRooms, a_foreign_caller_may_give_up_before_the_other_has_joined) {
  ada_and_foreign_bob();
  const std::string room = connect(bob);
  hang_up(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
  world.join(ada_room, room, "ada");
  EXPECT_EQ(world.heard(ada_room), Lines{"joined ada []"}) << "a call that is over brings nobody";
  EXPECT_EQ(world.heard(bob), Lines{});
}

TEST_F(HubCallRooms, when_the_parley_side_leaves_the_room_the_guest_is_told_once_and_taken_out) {
  ada_and_foreign_bob();
  for (const ConnectionId caller : {ada, bob}) {
    const std::string room = meet(caller);
    world.say(ada_room, command::Leave{});
    EXPECT_EQ(world.heard(bob), Lines{"ended ada ended"});
    EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
    EXPECT_EQ(world.heard(ada_room), Lines{}) << "who left hears of it no more";
    EXPECT_FALSE(world.hub.has_room(room));
    world.drop(ada_room);
  }
}

TEST_F(HubCallRooms, when_the_tab_is_gone_the_guest_is_told_once) {
  ada_and_foreign_bob();
  const std::string room = meet(bob);
  world.drop(ada);
  world.drop(ada_room);
  EXPECT_EQ(world.heard(bob), Lines{"peer-away ada"});
  world.pass(31s);
  EXPECT_EQ(world.heard(bob), (Lines{"ended ada gone", "users bob"}));
  EXPECT_FALSE(world.hub.has_room(room));
}

TEST_F(HubCallRooms, when_the_guest_s_socket_is_gone_the_other_is_told_at_once) {
  ada_and_foreign_bob();
  const std::string room = meet(bob);
  world.drop(bob);
  EXPECT_EQ(heard(ada), Lines{"ended bob gone"});
  EXPECT_EQ(world.heard(ada_room), Lines{"#2 peer-left bob left"});
  EXPECT_EQ(roster(world.hub.members(room)), "[ada]");
}

TEST_F(HubCallRooms, a_guest_that_floods_has_left) {
  ada_and_foreign_bob();
  meet(bob);
  for (std::uint32_t i = 0; i < Limits{}.message_burst + Limits{}.flood_messages + 10; ++i) {
    world.say(bob, command::Ping{});
  }
  EXPECT_EQ(heard(ada), Lines{"ended bob gone"});
  EXPECT_EQ(world.heard(ada_room), Lines{"#2 peer-left bob left"});
}

TEST_F(HubCallRooms, a_new_page_of_the_parley_side_finds_the_guest_still_there) {
  ada_and_foreign_bob();
  const std::string room = connect(bob);
  const std::string secret = world.join(ada_room, room, "ada");
  world.forget();
  world.connect(31);
  world.say(31, command::Join{.room = room,
                              .incarnation = "another page",
                              .resume = command::Resume{.session = secret, .ack = 0}});
  EXPECT_EQ(world.heard(31), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"peer-left ada replaced", "peer-joined ada"}))
      << "and is told of no second acceptance";
  hang_up(bob, "ada");
  EXPECT_EQ(world.heard(31), Lines{"#1 peer-left bob left"});
}

TEST_F(HubCallRooms, an_application_that_clears_the_room_ends_the_call) {
  ada_and_foreign_bob();
  const std::string room = meet(bob);
  Outcome out;
  EXPECT_EQ(world.hub.clear(room, out), 2U);
  Lines ends;
  for (const Delivery& delivery : out.deliveries) {
    if (delivery.to != ada_room) ends.push_back(line(delivery));
  }
  EXPECT_EQ(ends, (Lines{"ended ada gone", "ended bob gone"}));
  EXPECT_FALSE(world.hub.has_room(room));
  call(bob, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"incoming bob"});
}

TEST_F(HubCallRooms, a_guest_whose_name_somebody_has_in_the_room_cannot_come_and_the_call_is_over) {
  ada_and_foreign_bob();
  const std::string room = connect(bob);
  world.join(4, room, "bob");
  world.join(ada_room, room, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"ended bob gone"});
  EXPECT_EQ(world.heard(bob), Lines{"ended ada gone"});
}

class HubLonelyRooms : public HubCallRooms {
 protected:
  HubLonelyRooms() : HubCallRooms(Limits{.peers_per_room = 1}) {}
};

TEST_F(HubLonelyRooms, where_rooms_hold_one_a_guest_cannot_come_and_the_call_is_over) {
  ada_and_foreign_bob();
  const std::string room = connect(bob);
  world.join(ada_room, room, "ada");
  EXPECT_EQ(world.heard(ada), Lines{"ended bob gone"});
  EXPECT_EQ(world.heard(bob), Lines{"ended ada gone"});
}

// Bob is in a room of his own accord.

TEST_F(HubCallRooms, the_room_that_a_foreign_user_is_in_is_the_calls_room_and_stays_its_own) {
  ada_and_foreign_bob("r");
  EXPECT_EQ(connect(bob), "r");
  EXPECT_EQ(offers_of_bob("r"), true);
  world.join(ada_room, "r", "ada");
  EXPECT_EQ(world.heard(ada_room), Lines{"joined ada [bob]"});
  EXPECT_EQ(world.heard(bob), (Lines{"peer-joined ada", "accepted ada"}));
  hang_up(ada, "bob");
  EXPECT_EQ(world.heard(bob), Lines{"ended ada ended"});
  EXPECT_EQ(roster(world.hub.members("r")), "[bob ada]");
  EXPECT_EQ(offers_of_bob("r"), std::nullopt) << "its dialect says again";
}

TEST_F(HubCallRooms, who_was_told_of_the_end_is_not_told_again_when_the_other_leaves_that_room) {
  ada_and_foreign_bob("r");
  world.join(eve, "r", "eve");
  meet(bob);
  hang_up(ada, "bob");
  world.forget();
  world.say(ada_room, command::Leave{});
  EXPECT_EQ(world.heard(bob), Lines{});
  EXPECT_EQ(world.heard(eve), Lines{"#2 peer-left ada left"}) << "for everybody else she has only left";
}

TEST_F(HubCallRooms, who_leaves_that_room_without_a_word_ends_the_call_once) {
  ada_and_foreign_bob("r");
  meet(bob);
  world.say(ada_room, command::Leave{});
  EXPECT_EQ(world.heard(bob), Lines{"ended ada ended"});
  EXPECT_EQ(world.heard(ada), Lines{"ended bob ended"});
  EXPECT_EQ(roster(world.hub.members("r")), "[bob]");
}

TEST_F(HubCallRooms, after_another_call_the_other_one_s_leaving_is_told_again) {
  ada_and_foreign_bob("r");
  meet(bob);
  hang_up(ada, "bob");
  call(ada, "bob");
  world.say(bob, command::RejectCall{"ada"});
  world.forget();
  world.say(ada_room, command::Leave{});
  EXPECT_EQ(world.heard(bob), Lines{"peer-left ada left"});
}

TEST_F(HubCallRooms, who_is_in_that_room_already_need_not_join_again) {
  ada_and_foreign_bob("r");
  world.join(ada_room, "r", "ada");
  world.forget();
  call(bob, "ada");
  accept(ada, "bob");
  EXPECT_EQ(heard(ada), (Lines{"incoming bob", "accepted bob in r"}));
  EXPECT_EQ(world.heard(bob), Lines{"accepted ada"});
}

TEST_F(HubCallRooms, when_that_foreign_user_s_socket_is_gone_everybody_is_told_once) {
  ada_and_foreign_bob("r");
  meet(ada);
  world.drop(bob);
  EXPECT_EQ(heard(ada), Lines{"ended bob gone"});
  EXPECT_EQ(world.heard(ada_room), Lines{"#1 peer-left bob left"});
}

TEST_F(HubCallRooms, two_foreign_users_in_one_room_hear_once_that_their_call_is_over) {
  enrol(ada, "ada", "r");
  enrol(bob, "bob", "r");
  settle();
  call(bob, "ada");
  accept(ada, "bob");
  EXPECT_EQ(world.heard(bob), Lines{"accepted ada"});
  world.drop(bob);
  EXPECT_EQ(world.heard(ada), (Lines{"incoming bob", "ended bob gone", "users ada"}));
}

}  // namespace
}  // namespace parley::hub
